// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/// The whole arithmetic of one mail: what was found, what it weighs, who was silent, and what follows.
///
/// @param contributions every finding with its weight, ordered by filter
/// @param silent the filters that gave no verdict, with the reason
/// @param score the sum of all points
/// @param verdict what follows from score and silence
/// @param trace what the filters want done to the header, should the mail be accepted
public record Assessment(
        List<Contribution> contributions,
        SequencedMap<String, FilterResult.NoVerdict> silent,
        double score,
        Verdict verdict,
        Trace trace) {
    public Assessment {
        contributions = List.copyOf(contributions);
        silent = java.util.Collections.unmodifiableSequencedMap(new TreeMap<>(silent));
    }

    /// With a header that is left as it is.
    public Assessment(
            List<Contribution> contributions,
            SequencedMap<String, FilterResult.NoVerdict> silent,
            double score,
            Verdict verdict) {
        this(contributions, silent, score, verdict, Trace.NONE);
    }

    /// One finding as it went into the sum.
    ///
    /// @param filter who found it
    /// @param finding what
    /// @param weight the farm's weight of that filter
    /// @param points score times weight
    public record Contribution(String filter, Finding finding, double weight, double points) {}

    /// A number of points as people read it, for example `12.5` or `-0.3`.
    public static String points(double points) {
        String text = String.format(Locale.ROOT, "%.2f", points);
        return text.endsWith("0") ? text.substring(0, text.length() - 1) : text;
    }

    /// For policies without any filter, and for tests.
    public static Assessment accepted() {
        return new Assessment(List.of(), new TreeMap<>(Map.of()), 0, new Verdict.Accept());
    }
}
