// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.util.HashSet;
import java.util.Set;

/// What a walk came to.
///
/// @param parts how many parts were shown
/// @param complete false when a bound was reached and something was not shown
/// @param ambiguities why different programs may see different parts; empty for an honest message
public record MimeSummary(int parts, boolean complete, Set<Ambiguity> ambiguities) {
    public MimeSummary {
        ambiguities = Set.copyOf(ambiguities);
    }

    /// This walk and another one over the same message.
    MimeSummary and(MimeSummary other) {
        Set<Ambiguity> all = new HashSet<>(ambiguities);
        all.addAll(other.ambiguities);
        return new MimeSummary(parts + other.parts, complete && other.complete, all);
    }
}
