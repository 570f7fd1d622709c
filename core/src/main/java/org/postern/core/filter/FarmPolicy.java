// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.TreeMap;

/// How a farm turns what its filters say into one verdict: the only thing in which two farms with the same filters
/// differ.
///
/// @param farm the farm's name
/// @param thresholds the scores that matter
/// @param filters the filters the farm runs, by name
public record FarmPolicy(String farm, Thresholds thresholds, Map<String, FilterPolicy> filters) {
    public FarmPolicy {
        filters = Map.copyOf(filters);
    }

    /// Weighs the results. A pure function: the same results always give the same assessment.
    ///
    /// The order in which reasons count: a score that reaches `reject` refuses the mail whatever the silent
    /// filters might have said; else silence with `REJECT` refuses it; else silence with `TEMPFAIL` or
    /// `WAIT` defers it; else the score decides. A filter of the farm without a result counts as silent.
    /// What a silent filter had found by then counts where it speaks against the mail, and forged fields
    /// that it knew by then are taken out.
    public Assessment assess(Map<String, ? extends FilterResult> results) {
        List<Assessment.Contribution> contributions = new ArrayList<>();
        SequencedMap<String, FilterResult.NoVerdict> silent = new TreeMap<>();
        double score = 0;
        Trace trace = Trace.NONE;
        for (var entry : new TreeMap<>(filters).entrySet()) {
            FilterResult result = results.get(entry.getKey());
            switch (result) {
                case null ->
                    silent.put(entry.getKey(), new FilterResult.NoVerdict(NoVerdictReason.INTERNAL_ERROR, "no result"));
                case FilterResult.NoVerdict noVerdict -> {
                    silent.put(entry.getKey(), noVerdict);
                    trace = trace.and(noVerdict.soFar().trace().onlyRemoving());
                }
                case FilterResult.Findings found -> trace = trace.and(found.trace());
            }
            double weight = entry.getValue().weight();
            for (Finding finding : result == null ? List.<Finding>of() : result.counting(weight)) {
                double points = finding.score() * weight;
                contributions.add(new Assessment.Contribution(entry.getKey(), finding, weight, points));
                score += points;
            }
        }
        return new Assessment(contributions, silent, score, verdict(score, silent), trace);
    }

    /// The same findings and silences under the thresholds of this policy.
    public Assessment reconsider(Assessment found) {
        return new Assessment(
                found.contributions(),
                found.silent(),
                found.score(),
                verdict(found.score(), found.silent()),
                found.trace());
    }

    /// The policy to scan with where classes of recipients have thresholds of their own: it refuses by score
    /// only what all of them refuse, and accepts the rest, so that no scan ends before each verdict is certain.
    /// Without classes it is this policy.
    public FarmPolicy lenient(List<RecipientPolicy> classes) {
        if (classes.isEmpty()) {
            return this;
        }
        OptionalDouble reject = thresholds.reject();
        for (RecipientPolicy each : classes) {
            OptionalDouble other = each.thresholds().reject();
            reject = reject.isPresent() && other.isPresent()
                    ? OptionalDouble.of(Math.max(reject.getAsDouble(), other.getAsDouble()))
                    : OptionalDouble.empty();
        }
        return new FarmPolicy(farm, new Thresholds(OptionalDouble.empty(), OptionalDouble.empty(), reject), filters);
    }

    private Verdict verdict(double score, Map<String, FilterResult.NoVerdict> silent) {
        if (reaches(score, thresholds.reject())) {
            return new Verdict.Reject("score " + Assessment.points(score) + " reaches reject");
        }
        List<String> rejecting = silentWith(silent, NoVerdictPolicy.REJECT);
        if (!rejecting.isEmpty()) {
            return new Verdict.Reject("no verdict from " + String.join(", ", rejecting));
        }
        List<String> deferring = new ArrayList<>(silentWith(silent, NoVerdictPolicy.TEMPFAIL));
        deferring.addAll(silentWith(silent, NoVerdictPolicy.WAIT));
        if (!deferring.isEmpty()) {
            return new Verdict.TempFail("no verdict from " + String.join(", ", deferring));
        }
        if (reaches(score, thresholds.quarantine())) {
            return new Verdict.Quarantine("score " + Assessment.points(score) + " reaches quarantine");
        }
        if (reaches(score, thresholds.tag())) {
            return new Verdict.Tag("score " + Assessment.points(score) + " reaches tag");
        }
        return new Verdict.Accept();
    }

    private List<String> silentWith(Map<String, FilterResult.NoVerdict> silent, NoVerdictPolicy policy) {
        return silent.entrySet().stream()
                .filter(entry -> entry.getValue().reason() != NoVerdictReason.NOT_NEEDED)
                .map(Map.Entry::getKey)
                .filter(name -> {
                    FilterPolicy filter = filters.get(name);
                    return filter != null && filter.noVerdict() == policy;
                })
                .toList();
    }

    private static boolean reaches(double score, OptionalDouble threshold) {
        return threshold.isPresent() && score >= threshold.getAsDouble();
    }
}
