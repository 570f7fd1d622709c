// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterPolicy;
import org.postern.core.filter.NoVerdictPolicy;
import org.postern.core.filter.Thresholds;
import org.postern.core.filter.Verdict;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.Suites;
import org.postern.scanworkers.attachments.AttachmentsConfig;
import org.postern.scanworkers.attachments.AttachmentsFilterFactory;
import org.postern.scanworkers.pipeline.ScanPipeline;

/// The shipped rules on real mail.
class CorpusTest {
    @Test
    void shippedRules_onRealHam_refuseNone() throws Exception {
        Path corpus = Suites.corpus();
        Surroundings surroundings = new Surroundings(corpus, corpus, new SimpleMeterRegistry());
        List<Filter> filters = List.of(
                new RulesFilterFactory().create(RulesConfig.DEFAULTS, surroundings),
                new AttachmentsFilterFactory().create(AttachmentsConfig.DEFAULTS, surroundings));
        FarmPolicy policy = new FarmPolicy(
                "mx",
                new Thresholds(OptionalDouble.of(5), OptionalDouble.of(8), OptionalDouble.of(12)),
                Map.of(
                        "rules", new FilterPolicy(1, NoVerdictPolicy.TEMPFAIL),
                        "attachments", new FilterPolicy(1, NoVerdictPolicy.TEMPFAIL)));
        try (ScanPipeline pipeline = new ScanPipeline(policy, filters, surroundings.meters())) {
            Map<String, Integer> ham = verdicts(corpus.resolve("ham"), pipeline, true);
            Map<String, Integer> spam = verdicts(corpus.resolve("spam"), pipeline, false);
            System.out.println("ham " + ham + ", spam " + spam);
            assertThat(ham).doesNotContainKeys("Reject", "TempFail", "Quarantine");
            assertThat(spam.getOrDefault("TempFail", 0)).isZero();
            int caught =
                    spam.getOrDefault("Tag", 0) + spam.getOrDefault("Quarantine", 0) + spam.getOrDefault("Reject", 0);
            assertThat(caught).isGreaterThan(40);
        }
    }

    private static Map<String, Integer> verdicts(Path folder, ScanPipeline pipeline, boolean name) throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        Map<String, Integer> counts = new TreeMap<>();
        Map<String, Integer> symbols = new TreeMap<>();
        List<String> notable = new ArrayList<>();
        for (Path file : files) {
            Assessment assessment = pipeline.assess(Mails.of(Suites.mail(file)), Deadline.in(Duration.ofSeconds(60)));
            Verdict verdict = assessment.verdict();
            counts.merge(verdict.getClass().getSimpleName(), 1, Integer::sum);
            assessment.contributions().forEach(c -> symbols.merge(c.finding().symbol(), 1, Integer::sum));
            if (name && !(verdict instanceof Verdict.Accept)) {
                notable.add(file.getFileName() + " " + assessment);
            }
        }
        System.out.println(folder.getFileName() + " " + symbols);
        notable.forEach(System.out::println);
        return counts;
    }
}
