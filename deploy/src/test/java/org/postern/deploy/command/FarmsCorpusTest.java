// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.CidrBlock;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.FilterPolicy;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.Verdict;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.ForwardPath;
import org.postern.deploy.Filters;
import org.postern.deploy.Postern;
import org.postern.deploy.config.FarmConfig;
import org.postern.deploy.config.PosternConfig;
import org.postern.scanworkers.BuiltInFilters;
import org.postern.testkit.Clamd;
import org.postern.testkit.Rspamd;
import org.postern.testkit.SharedSuites;
import org.postern.testkit.Spamd;

/// The shipped farms on real mail, with real engines and without DNS: no good mail is refused. Every
/// twelfth mail of the sample; all of them with -Dpostern.corpus=all.
@Timeout(1_800)
class FarmsCorpusTest {
    private static final Path ROOT = Path.of(System.getProperty("postern.project.root", ".."));
    private static final int EVERY = "all".equals(System.getProperty("postern.corpus")) ? 1 : 12;
    private static final int AT_ONCE = 4;
    private static final FileScanner.Arrival ARRIVAL = new FileScanner.Arrival(
            // A public address: spam filters believe private ones. Nothing is sent there.
            new ClientInfo(
                    CidrBlock.parse("64.233.160.5").network(),
                    "mail.example.net",
                    true,
                    Optional.empty(),
                    Optional.empty()),
            Optional.empty(),
            ForwardPath.parse("user@example.org"));

    @TempDir
    Path folder;

    private static PosternConfig shipped(String name, String... settings) {
        return Postern.configuration(ROOT.resolve("deploy/src/main/distribution/conf/" + name), List.of(settings));
    }

    private static FarmConfig farm(PosternConfig config, String name) {
        return java.util.Objects.requireNonNull(config.farms().get(name), name);
    }

    private static List<Path> sample(String kind) throws Exception {
        Path archive = SharedSuites.path("corpus/spamassassin-sample.tar.gz");
        Path target = ROOT.resolve("deploy/target/corpus").toAbsolutePath().normalize();
        if (!Files.exists(target.resolve("complete"))) {
            Files.createDirectories(target);
            int code = new ProcessBuilder("tar", "xzf", archive.toString(), "-C", target.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(code).as("tar").isZero();
            Files.createFile(target.resolve("complete"));
        }
        try (Stream<Path> files = Files.list(target.resolve(kind))) {
            List<Path> all = files.sorted().toList();
            return IntStream.range(0, all.size())
                    .filter(i -> i % EVERY == 0)
                    .mapToObj(all::get)
                    .toList();
        }
    }

    @Test
    void shippedFiles_nameEnginesThatExist_andSubmissionIsTheLighterFarm() {
        FarmConfig mx = farm(shipped("mx.yaml"), "mx");
        FarmConfig submission = farm(shipped("submission.yaml"), "submission");
        List<String> known = BuiltInFilters.factories().stream()
                .map(factory -> factory.name())
                .toList();
        assertThat(known)
                .containsAll(mx.filters().keySet())
                .containsAll(submission.filters().keySet());
        assertThat(submission.filters().keySet()).doesNotContain("dnsbl", "ocr");
        assertThat(weight(submission, "spamd")).isLessThan(weight(mx, "spamd"));
        assertThat(weight(submission, "rspamd")).isLessThan(weight(mx, "rspamd"));
        for (String full : List.of("clamav", "rules")) {
            assertThat(weight(submission, full)).as(full).isEqualTo(weight(mx, full));
        }
    }

    private static double weight(FarmConfig farm, String filter) {
        return java.util.Objects.requireNonNull(farm.filters().get(filter), filter)
                .weight();
    }

    @Test
    void shippedFarms_onRealMailWithRealEnginesAndNoDns_refuseNoGoodMail() throws Exception {
        List<Path> ham = sample("ham");
        List<Path> spam = sample("spam");
        try (Clamd clamd = Clamd.start();
                Spamd spamd = Spamd.start();
                Rspamd rspamd = Rspamd.start()) {
            PosternConfig config = shipped(
                    "mx.yaml",
                    "engines.clamav.backends=127.0.0.1:" + clamd.address().getPort(),
                    "engines.spamd.backends=127.0.0.1:" + spamd.address().getPort(),
                    "engines.spamd.max-connections=2",
                    "engines.spamd.scan-timeout=60s",
                    "engines.rspamd.backends=127.0.0.1:" + rspamd.address().getPort(),
                    "engines.rspamd.scan-timeout=60s",
                    "dns.servers=127.0.0.1:9",
                    "dns.timeout=500ms");
            FarmConfig mx = farm(config, "mx");
            FarmPolicy submission = Filters.policy("submission", farm(shipped("submission.yaml"), "submission"));
            try (FileScanner scanner = new FileScanner(config, "mx", mx, folder, folder, ARRIVAL)) {
                scanner.filters().forEach(filter -> status(filter));
                List<Assessment> good = assess(scanner, ham);
                List<Assessment> bad = assess(scanner, spam);
                report("mx", good, bad);
                report("submission", judged(submission, good), judged(submission, bad));

                assertThat(good).noneMatch(each -> each.verdict() instanceof Verdict.Reject);
                assertThat(judged(submission, good)).noneMatch(each -> each.verdict() instanceof Verdict.Reject);
                assertThat(Stream.concat(good.stream(), bad.stream()))
                        .as("every engine answered, or was not needed")
                        .noneMatch(each -> each.verdict() instanceof Verdict.TempFail)
                        .noneMatch(each -> each.silent().keySet().stream()
                                .anyMatch(name -> (name.equals("spamd") || name.equals("rspamd"))
                                        && each.verdict() instanceof Verdict.Accept));
                long caught = bad.stream()
                        .filter(each -> !(each.verdict() instanceof Verdict.Accept))
                        .count();
                assertThat(caught).as("spam tagged or more").isGreaterThan(bad.size() * 6L / 10);
            }
        }
    }

    private static void status(org.postern.core.filter.Filter filter) {
        try {
            System.out.println("farms: " + filter.name() + ": "
                    + filter.status(Deadline.in(Duration.ofSeconds(60))).description());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Assessment> assess(FileScanner scanner, List<Path> files) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<Assessment>> running = new ArrayList<>();
            for (Path file : files) {
                running.add(threads.submit(() -> scanner.scan(file, Deadline.in(Duration.ofMinutes(2)))));
            }
            List<Assessment> all = new ArrayList<>();
            for (Future<Assessment> each : running) {
                all.add(each.get());
            }
            return all;
        }
    }

    /// What another farm makes of the same findings.
    private static List<Assessment> judged(FarmPolicy policy, List<Assessment> assessments) {
        return assessments.stream()
                .map(each -> {
                    Map<String, FilterResult> results = new TreeMap<>();
                    for (Map.Entry<String, FilterPolicy> use : policy.filters().entrySet()) {
                        FilterResult.NoVerdict silence = each.silent().get(use.getKey());
                        List<Finding> findings = each.contributions().stream()
                                .filter(found -> found.filter().equals(use.getKey()))
                                .map(Assessment.Contribution::finding)
                                .toList();
                        results.put(use.getKey(), silence != null ? silence : new FilterResult.Findings(findings));
                    }
                    return policy.assess(results);
                })
                .toList();
    }

    private static void report(String farm, List<Assessment> ham, List<Assessment> spam) {
        System.out.println("farms: " + farm + ": ham " + counts(ham) + ", spam " + counts(spam));
    }

    private static String counts(List<Assessment> assessments) {
        Map<String, Integer> counts = new TreeMap<>();
        assessments.forEach(each -> counts.merge(each.verdict().getClass().getSimpleName(), 1, Integer::sum));
        double highest =
                assessments.stream().mapToDouble(Assessment::score).max().orElse(0);
        return assessments.size() + " " + counts + " highest " + Assessment.points(highest);
    }
}
