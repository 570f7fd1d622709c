// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.core.mail.HeaderField;

class FarmPolicyTest {
    private static final Thresholds THRESHOLDS =
            new Thresholds(OptionalDouble.of(5), OptionalDouble.of(8), OptionalDouble.of(12));

    @Test
    void assess_sameFindingsOtherWeights_givesOtherVerdicts() {
        Map<String, FilterResult> results = Map.of("rules", found(6));
        assertThat(policy(Map.of("rules", weigh(1))).assess(results).verdict()).isInstanceOf(Verdict.Tag.class);
        assertThat(policy(Map.of("rules", weigh(0.5))).assess(results).verdict())
                .isEqualTo(new Verdict.Accept());
        assertThat(policy(Map.of("rules", weigh(1.5))).assess(results).verdict())
                .isInstanceOf(Verdict.Quarantine.class);
        assertThat(policy(Map.of("rules", weigh(2))).assess(results).verdict()).isInstanceOf(Verdict.Reject.class);
    }

    @Test
    void assess_scoreExactlyAtThreshold_reachesIt() {
        FarmPolicy policy = policy(Map.of("rules", weigh(1)));
        assertThat(policy.assess(Map.of("rules", found(12))).verdict()).isInstanceOf(Verdict.Reject.class);
        assertThat(policy.assess(Map.of("rules", found(11.99))).verdict()).isInstanceOf(Verdict.Quarantine.class);
    }

    @Test
    void assess_silentFilter_isNeverReadAsClean() {
        Map<String, FilterResult> silent = Map.of("clamav", silent());
        assertThat(with(NoVerdictPolicy.TEMPFAIL).assess(silent).verdict()).isInstanceOf(Verdict.TempFail.class);
        assertThat(with(NoVerdictPolicy.WAIT).assess(silent).verdict()).isInstanceOf(Verdict.TempFail.class);
        assertThat(with(NoVerdictPolicy.REJECT).assess(silent).verdict()).isInstanceOf(Verdict.Reject.class);
        Assessment skipped = with(NoVerdictPolicy.SKIP).assess(silent);
        assertThat(skipped.verdict()).isEqualTo(new Verdict.Accept());
        assertThat(skipped.silent()).containsOnlyKeys("clamav");
    }

    @Test
    void assess_whatASilentFilterHadFound_countsAgainstTheMailAndNeverForIt() {
        FilterResult silent = new FilterResult.NoVerdict(
                NoVerdictReason.TIMED_OUT,
                "half way",
                new FilterResult.Findings(List.of(new Finding("BAD", 6, ""), new Finding("GOOD", -50, ""))));

        Assessment skipped = with(NoVerdictPolicy.SKIP).assess(Map.of("clamav", silent));
        assertThat(skipped.score())
                .isEqualTo(6 * skipped.contributions().getFirst().weight());
        assertThat(skipped.contributions())
                .extracting(contribution -> contribution.finding().symbol())
                .containsExactly("BAD");
        assertThat(skipped.silent()).containsOnlyKeys("clamav");

        FarmPolicy light = policy(Map.of("rules", new FilterPolicy(1, NoVerdictPolicy.TEMPFAIL)));
        assertThat(light.assess(Map.of("rules", silent)).verdict())
                .as("6 points are no refusal, and silence is not clean")
                .isInstanceOf(Verdict.TempFail.class);
        FarmPolicy turned = policy(Map.of("rules", new FilterPolicy(-1, NoVerdictPolicy.SKIP)));
        assertThat(turned.assess(Map.of("rules", silent)).score()).isEqualTo(50);
    }

    @Test
    void findings_keepTheOrderOfWhatWasTakenOut() {
        Set<Extract> extracts = new LinkedHashSet<>();
        for (int i = 0; i < 100; i++) {
            extracts.add(new Extract.Mailbox("user" + i + "@example.org"));
        }
        assertThat(new FilterResult.Findings(List.of(), Trace.NONE, extracts).extracts())
                .containsExactlyElementsOf(extracts);
    }

    @Test
    void assess_filterWithoutAnyResult_countsAsSilent() {
        Assessment assessment = with(NoVerdictPolicy.TEMPFAIL).assess(Map.of());
        assertThat(assessment.verdict()).isInstanceOf(Verdict.TempFail.class);
        assertThat(assessment.silent()).containsOnlyKeys("clamav");
    }

    @Test
    void assess_scoreReachesRejectWhileAnotherIsSilent_refusesForGood() {
        FarmPolicy policy =
                policy(Map.of("rules", weigh(1), "clamav", new FilterPolicy(100, NoVerdictPolicy.TEMPFAIL)));
        assertThat(policy.assess(Map.of("rules", found(12), "clamav", silent())).verdict())
                .isInstanceOf(Verdict.Reject.class);
        assertThat(policy.assess(Map.of("rules", found(11), "clamav", silent())).verdict())
                .isInstanceOf(Verdict.TempFail.class);
    }

    @Test
    void assess_cancelledBecauseNotNeeded_doesNotDefer() {
        FilterResult cancelled = new FilterResult.NoVerdict(NoVerdictReason.NOT_NEEDED, "");
        FarmPolicy policy =
                policy(Map.of("rules", weigh(1), "clamav", new FilterPolicy(100, NoVerdictPolicy.TEMPFAIL)));
        assertThat(policy.assess(Map.of("rules", found(20), "clamav", cancelled))
                        .verdict())
                .isInstanceOf(Verdict.Reject.class);
    }

    @Test
    void assess_silenceThatKnewForgedFields_takesThemOutAndAddsNothing() {
        Trace wanted = new Trace(List.of(new HeaderField("Authentication-Results", " us; dkim=pass")), Set.of(3));
        FilterResult silence =
                new FilterResult.NoVerdict(NoVerdictReason.TIMED_OUT, "", new FilterResult.Findings(List.of(), wanted));
        FarmPolicy policy = policy(Map.of("mailauth", new FilterPolicy(1, NoVerdictPolicy.SKIP)));
        Assessment assessment = policy.assess(Map.of("mailauth", silence));
        assertThat(assessment.verdict()).isEqualTo(new Verdict.Accept());
        assertThat(assessment.trace()).isEqualTo(new Trace(List.of(), Set.of(3)));
    }

    @Test
    void assess_resultOfAFilterTheFarmDoesNotRun_countsNothing() {
        Assessment assessment = policy(Map.of("rules", weigh(1)))
                .assess(Map.of("rules", FilterResult.nothing(), "stranger", found(100)));
        assertThat(assessment.score()).isZero();
        assertThat(assessment.verdict()).isEqualTo(new Verdict.Accept());
    }

    @Test
    void thresholds_thatFall_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Thresholds(OptionalDouble.of(9), OptionalDouble.of(8), OptionalDouble.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Thresholds(OptionalDouble.of(9), OptionalDouble.empty(), OptionalDouble.of(8)));
        assertThatIllegalArgumentException().isThrownBy(() -> new FilterPolicy(Double.NaN, NoVerdictPolicy.SKIP));
    }

    @Test
    void finding_evidenceWithLineBreaks_cannotForgeLines() {
        assertThat(new Finding("X", 1, "a\r\nb\u0000" + "c".repeat(1000)).evidence())
                .startsWith("a  b?c")
                .hasSizeLessThan(310);
    }

    private static FarmPolicy policy(Map<String, FilterPolicy> filters) {
        return new FarmPolicy("mx", THRESHOLDS, filters);
    }

    private static FarmPolicy with(NoVerdictPolicy noVerdict) {
        return policy(Map.of("clamav", new FilterPolicy(100, noVerdict)));
    }

    private static FilterPolicy weigh(double weight) {
        return new FilterPolicy(weight, NoVerdictPolicy.TEMPFAIL);
    }

    private static FilterResult found(double score) {
        return new FilterResult.Findings(List.of(new Finding("SOMETHING", score, "because")));
    }

    private static FilterResult silent() {
        return new FilterResult.NoVerdict(NoVerdictReason.UNAVAILABLE, "nobody listens");
    }
}
