// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import java.util.List;
import java.util.Optional;

/// A policy, read and found well formed as a whole. RFC 7208 section 4.6.
///
/// @param directives in their order
/// @param redirect the domain whose policy is to be used when nothing matches
/// @param exp the domain where the explanation stands
record SpfRecord(List<Directive> directives, Optional<MacroString> redirect, Optional<MacroString> exp) {
    SpfRecord {
        directives = List.copyOf(directives);
    }

    /// What follows when the mechanism matches.
    ///
    /// @param text as written
    record Directive(SpfResult qualifier, Mechanism mechanism, String text) {}

    boolean hasAll() {
        return directives.stream().anyMatch(directive -> directive.mechanism() instanceof Mechanism.All);
    }
}
