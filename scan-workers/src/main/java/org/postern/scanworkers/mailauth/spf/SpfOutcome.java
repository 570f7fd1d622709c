// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import java.util.Optional;

/// What check_host() found.
///
/// @param result the result
/// @param explanation what the domain wants a refused sender to be told; hostile text of printable US-ASCII
/// @param evidence the mechanism that matched or what went wrong, for people
public record SpfOutcome(SpfResult result, Optional<String> explanation, String evidence) {
    static SpfOutcome of(SpfResult result, String evidence) {
        return new SpfOutcome(result, Optional.empty(), evidence);
    }
}
