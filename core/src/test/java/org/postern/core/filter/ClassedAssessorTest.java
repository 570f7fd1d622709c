// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.core.mail.ForwardPath;

final class ClassedAssessorTest {
    private static final FarmPolicy FARM =
            new FarmPolicy("mx", thresholds(5, 8, 12), Map.of("rules", new FilterPolicy(1, NoVerdictPolicy.TEMPFAIL)));
    private static final List<RecipientPolicy> CLASSES = List.of(
            new RecipientPolicy("strict", Set.of("Boss@here.example"), thresholds(1, 2, 3)),
            new RecipientPolicy("patient", Set.of("here.example"), thresholds(20, 30, 40)));

    private static Thresholds thresholds(double tag, double quarantine, double reject) {
        return new Thresholds(OptionalDouble.of(tag), OptionalDouble.of(quarantine), OptionalDouble.of(reject));
    }

    private static ClassedAssessor assessor() {
        return new ClassedAssessor(FARM, CLASSES, (mail, deadline) -> Assessment.accepted());
    }

    private static Assessment found(double score) {
        FilterResult result = new FilterResult.Findings(List.of(new Finding("X", score, "x")));
        return FARM.lenient(CLASSES).assess(Map.of("rules", result));
    }

    @Test
    void the_first_class_that_holds_a_recipient_counts() {
        assertThat(assessor().policyClass(ForwardPath.parse("boss@HERE.example")))
                .isEqualTo("strict");
        assertThat(assessor().policyClass(ForwardPath.parse("bob@here.example")))
                .isEqualTo("patient");
        assertThat(assessor().policyClass(ForwardPath.parse("bob@there.example")))
                .isEmpty();
    }

    @Test
    void one_scan_comes_to_a_verdict_of_its_own_for_each_class() {
        Assessment found = found(9);
        assertThat(found.verdict()).isInstanceOf(Verdict.Accept.class);
        assertThat(assessor().judge("strict", found).verdict()).isInstanceOf(Verdict.Reject.class);
        assertThat(assessor().judge("patient", found).verdict()).isInstanceOf(Verdict.Accept.class);
        assertThat(assessor().judge("", found).verdict()).isInstanceOf(Verdict.Quarantine.class);
        assertThat(assessor().judge("", found).contributions()).isEqualTo(found.contributions());
    }

    @Test
    void what_nobody_knows_stays_unknown_for_each_class() {
        Assessment silent = FARM.lenient(CLASSES).assess(Map.of());
        for (String each : new String[] {"strict", "patient", ""}) {
            assertThat(assessor().judge(each, silent).verdict()).isInstanceOf(Verdict.TempFail.class);
        }
    }

    @Test
    void the_scan_goes_on_until_the_most_patient_class_would_refuse() {
        assertThat(found(39).verdict()).isInstanceOf(Verdict.Accept.class);
        assertThat(found(40).verdict()).isInstanceOf(Verdict.Reject.class);
        RecipientPolicy never = new RecipientPolicy(
                "never",
                Set.of("x.example"),
                new Thresholds(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty()));
        assertThat(FARM.lenient(List.of(never)).thresholds().reject()).isEmpty();
    }

    @Test
    void a_class_without_name_or_recipients_is_refused() {
        assertThatThrownBy(() -> new RecipientPolicy(" ", Set.of("a.example"), thresholds(1, 2, 3)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RecipientPolicy("a", Set.of(), thresholds(1, 2, 3)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
