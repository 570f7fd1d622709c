// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.arc;

import java.util.List;

/// What became of the chain of a message.
///
/// @param result the state of the chain
/// @param instances how many links it has
/// @param sealers the domains that sealed the links, first to last; empty unless the chain is valid
/// @param reason why it is not valid; may be empty
public record ArcOutcome(ArcResult result, int instances, List<String> sealers, String reason) {
    public ArcOutcome {
        sealers = List.copyOf(sealers);
    }

    static ArcOutcome broken(int instances, String reason) {
        return new ArcOutcome(ArcResult.FAIL, instances, List.of(), reason);
    }
}
