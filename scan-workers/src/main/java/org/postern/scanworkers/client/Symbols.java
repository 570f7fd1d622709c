// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.client;

import java.util.Map;
import org.postern.scanworkers.SymbolScores;

/// The symbols of this filter and their shipped scores. None is proof: careless hosts send real mail too.
final class Symbols {
    static final SymbolScores SCORES = new SymbolScores(Map.of(
            "EARLY_TALKER", 0.5,
            "HELO_BARE_IP", 0.5,
            "HELO_NOT_FQDN", 0.4,
            "HELO_IS_US", 1.0,
            "HELO_OTHER_ADDRESS", 0.5,
            "HELO_NO_SUCH_NAME", 0.3,
            "RDNS_NONE", 0.4,
            "RDNS_NOT_CONFIRMED", 0.3,
            "RDNS_DYNAMIC_LOOKING", 0.3));

    private Symbols() {}
}
