// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pipeline;

import java.util.Collection;
import java.util.Map;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.FilterPolicy;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.NoVerdictPolicy;
import org.postern.core.filter.NoVerdictReason;

/// Whether the answers so far decide a mail whatever the rest would say.
final class Settlement {
    private Settlement() {}

    /// True when the mail will be refused for good: silence that means refusal, or a score so high that the lowest
    /// possible scores of the rest leave it above the threshold. Nothing else is ever settled early, for every
    /// other verdict can still become a refusal.
    static boolean isSettled(FarmPolicy policy, Map<String, FilterResult> results, Collection<Station> unanswered) {
        double score = 0;
        for (var entry : results.entrySet()) {
            FilterPolicy use = policy.filters().get(entry.getKey());
            if (use == null) {
                continue;
            }
            if (entry.getValue() instanceof FilterResult.NoVerdict silence
                    && use.noVerdict() == NoVerdictPolicy.REJECT
                    && silence.reason() != NoVerdictReason.NOT_NEEDED) {
                return true;
            }
            score += entry.getValue().counting(use.weight()).stream()
                    .mapToDouble(finding -> finding.score() * use.weight())
                    .sum();
        }
        if (policy.thresholds().reject().isEmpty()) {
            return false;
        }
        for (Station station : unanswered) {
            score += Math.min(0, station.lowestPoints());
        }
        return score >= policy.thresholds().reject().getAsDouble();
    }
}
