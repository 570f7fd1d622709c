// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;

/// Meta rules, and a rule file that changes while mails are scanned.
@Timeout(60)
class LiveRulesTest {
    private static final MailTransaction MAIL = Mails.of("Subject: offer", "", "cheap watches and a prize");
    private static final String TWO_AND_METAS = """
            rules:
              - { symbol: __WATCH, score: 0, in: body, phrases: [watches] }
              - { symbol: PRIZE, score: 1, in: body, phrases: [prize] }
              - { symbol: LOAN, score: 1, in: body, phrases: [a loan] }
              - { symbol: BOTH, score: 3, meta: "__WATCH and PRIZE" }
              - { symbol: NEITHER, score: 3, meta: "not (__WATCH or PRIZE)" }
              - { symbol: ABOVE, score: -2, meta: "BOTH and not LOAN" }
            """;

    @TempDir
    private Path folder;

    private Filter filter(String yaml, Duration interval) throws Exception {
        Path file = folder.resolve("rules.yaml");
        Files.writeString(file, yaml);
        RulesConfig config = new RulesConfig(
                Optional.of(file), false, RulesConfig.DEFAULTS.textMax(), RulesConfig.DEFAULTS.contentMax(), interval);
        return new RulesFilterFactory().create(config, new Surroundings(folder, folder, new SimpleMeterRegistry()));
    }

    private static List<String> symbols(Filter filter) throws Exception {
        return ((FilterResult.Findings) filter.scan(MAIL, Deadline.in(Duration.ofSeconds(20))))
                .findings().stream().map(Finding::symbol).toList();
    }

    @Test
    void metaRules_seeTheSymbolsAboveThem_andHiddenOnesAreNoFinding() throws Exception {
        try (Filter filter = filter(TWO_AND_METAS, Duration.ZERO)) {
            assertThat(symbols(filter)).containsExactly("PRIZE", "BOTH", "ABOVE");
            assertThat(filter.lowestScore()).isEqualTo(-2);
            assertThat(filter.contentState()).isPresent();
        }
    }

    @Test
    void conditions_bindNotThenAndThenOr() {
        Set<String> known = Set.of("A", "B", "C");
        assertThat(Condition.parse("A or B and not C", known).holds(Set.of("A", "C")))
                .isTrue();
        assertThat(Condition.parse("(A or B) and not C", known).holds(Set.of("A", "C")))
                .isFalse();
        assertThat(Condition.parse("NOT A AND b or C".replace("b", "B"), known).holds(Set.of("B")))
                .isTrue();
        assertThat(Condition.parse("not not A", known).holds(Set.of("A"))).isTrue();
    }

    @Test
    void conditions_thatAreWrong_areRefusedWithASentence() {
        Set<String> known = Set.of("A", "B");
        for (String wrong : List.of(
                "",
                "A and",
                "and A",
                "A B",
                "(A",
                "A)",
                "A && B",
                "C",
                "not",
                "()",
                "(".repeat(2_000) + "A",
                "A ".repeat(3_000))) {
            assertThatThrownBy(() -> Condition.parse(wrong, known))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("Exception");
        }
    }

    @Test
    void conditions_ofRandomWords_areReadOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] words = {"A", "B", "and", "or", "not", "(", ")", " ", "x", "&", "\u0000"};
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                text.append(words[random.nextInt(words.length)]).append(random.nextBoolean() ? " " : "");
            }
            try {
                assertThat(Condition.parse(text.toString(), Set.of("A", "B"))).isNotNull();
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).as("seed " + seed + ": " + text).isNotBlank();
            }
        }
    }

    @Test
    void file_withWrongMetaRules_isRefusedWithAllLines() {
        assertThatThrownBy(() -> RuleFile.parse("my.yaml", """
                        rules:
                          - { symbol: A, score: 1, in: body, phrases: [one] }
                          - { symbol: B, score: 1, meta: "A and C" }
                          - { symbol: SELF, score: 1, meta: SELF }
                          - { symbol: D, score: 1, in: body, meta: A }
                        """, Set.of()))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .hasSize(3)
                                .anyMatch(problem -> problem.startsWith("my.yaml:3:") && problem.contains("no rule C"))
                                .anyMatch(problem -> problem.startsWith("my.yaml:4:"))
                                .anyMatch(problem -> problem.startsWith("my.yaml:5:")));
    }

    @Test
    void rulesOnTheEnvelope_makeTheAnswerDependOnMoreThanTheContent() throws Exception {
        try (Filter filter = filter("rules: [ { symbol: A, score: 1, in: helo, phrases: [client] } ]", Duration.ZERO)) {
            assertThat(filter.contentState()).isEmpty();
        }
    }

    @Test
    void fileThatChanges_isTakenUp_andOneWithMistakesIsNot() throws Exception {
        try (Filter filter = filter(TWO_AND_METAS, Duration.ofSeconds(1))) {
            Optional<String> before = filter.contentState();
            Path file = folder.resolve("rules.yaml");

            Files.writeString(file, "rules: [ { symbol: OK, score: 1, in: body, phrases: [prize] }, { symbol: BAD } ]");
            while (!filter.health().description().contains("NOT TAKEN UP")) {
                Thread.sleep(50);
            }
            assertThat(symbols(filter)).containsExactly("PRIZE", "BOTH", "ABOVE");
            assertThat(filter.contentState()).isEqualTo(before);

            Files.writeString(file, "rules: [ { symbol: FRESH, score: 1, in: body, phrases: [prize] } ]");
            while (!symbols(filter).equals(List.of("FRESH"))) {
                Thread.sleep(50);
            }
            assertThat(filter.contentState()).isNotEqualTo(before);
            assertThat(filter.health().description()).doesNotContain("NOT TAKEN UP");

            Files.delete(file);
            while (!filter.health().description().contains("cannot be read")) {
                Thread.sleep(50);
            }
            assertThat(symbols(filter)).containsExactly("FRESH");
        }
    }

    @Test
    void aFileThatIsPutBackAsItWas_isNoTroubleAnyMore() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Path file = folder.resolve("rules.yaml");
        Files.writeString(file, TWO_AND_METAS);
        RulesConfig config = new RulesConfig(
                Optional.of(file),
                false,
                RulesConfig.DEFAULTS.textMax(),
                RulesConfig.DEFAULTS.contentMax(),
                Duration.ZERO);
        try (LiveRules rules = new LiveRules(config, Optional.of(file), meters)) {
            Files.writeString(file, "rules: [{}]");
            rules.look();
            assertThat(rules.trouble()).isNotEmpty();
            Files.writeString(file, TWO_AND_METAS);
            rules.look();
            assertThat(rules.trouble()).isEmpty();
            assertThat(meters.get("postern.rules.file.refused").gauge().value()).isZero();
        }
    }
}
