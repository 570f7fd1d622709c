// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth;

import java.util.Map;
import org.postern.scanworkers.SymbolScores;

/// The symbols of this filter and their shipped scores. A pass alone speaks for nobody: spam is signed too.
final class Symbols {
    static final SymbolScores SCORES = new SymbolScores(Map.ofEntries(
            Map.entry("SPF_NONE", 0.0),
            Map.entry("SPF_NEUTRAL", 0.0),
            Map.entry("SPF_PASS", 0.0),
            Map.entry("SPF_FAIL", 0.5),
            Map.entry("SPF_SOFTFAIL", 0.2),
            Map.entry("SPF_TEMPERROR", 0.0),
            Map.entry("SPF_PERMERROR", 0.1),
            Map.entry("DKIM_PASS", 0.0),
            Map.entry("DKIM_FAIL", 0.0),
            Map.entry("DKIM_NEUTRAL", 0.0),
            Map.entry("DKIM_TEMPERROR", 0.0),
            Map.entry("DKIM_PERMERROR", 0.0),
            Map.entry("DKIM_PARTIAL_BODY", 0.2),
            Map.entry("DKIM_ADDED_FIELD", 0.5),
            Map.entry("ARC_PASS", 0.0),
            Map.entry("ARC_FAIL", 0.0),
            Map.entry("ARC_TEMPERROR", 0.0),
            Map.entry("DMARC_NONE", 0.0),
            Map.entry("DMARC_PASS", -0.1),
            Map.entry("DMARC_FAIL", 0.1),
            Map.entry("DMARC_QUARANTINE", 0.6),
            Map.entry("DMARC_REJECT", 1.0),
            Map.entry("DMARC_TEMPERROR", 0.0),
            Map.entry("DMARC_PERMERROR", 0.4),
            Map.entry("AUTHRES_FORGED", 0.5)));

    private Symbols() {}
}
