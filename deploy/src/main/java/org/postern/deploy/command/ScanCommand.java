// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postern.core.config.CidrBlock;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Verdict;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.ReversePath;
import org.postern.core.text.PlainText;
import org.postern.deploy.config.FarmConfig;
import org.postern.deploy.config.PosternConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "scan",
        description = {
            "Says of message files what each filter of a farm says, with the arithmetic.",
            "Takes no mail in and delivers nothing; it does ask the engines' backends."
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  postern scan --config site/postern.yaml --farm mx message.eml",
            "",
            "What the mail came with can be given: --client 192.0.2.1 --helo mail.example.net",
            "--from bob@example.net --to alice@example.org. Exit code 0 whatever the verdict is.",
            "",
            "Many mails at once, a table at the end:",
            "  postern scan --config site/postern.yaml --farm mx --summary corpus/ham corpus/spam"
        })
final class ScanCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Message files, as they came over SMTP or as a mailbox keeps them, or folders of such.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--farm", required = true, paramLabel = "NAME", description = "The farm, as under \"farms\".")
    private String farmName = "";

    @Option(names = "--client", paramLabel = "IP", description = "The client's address; ${DEFAULT-VALUE} if not given.")
    private String client = "192.0.2.1";

    @Option(names = "--helo", paramLabel = "NAME", description = "What the client said in EHLO.")
    private String helo = "unknown.invalid";

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            description = "The sender; that of the Return-Path field if not given.")
    private @Nullable String sender;

    @Option(names = "--summary", description = "Instead of every finding, a table of all mails by folder.")
    private boolean summary;

    @Option(
            names = "--at-once",
            paramLabel = "N",
            description =
                    "With --summary: how many mails are scanned at once, 1 to 100; ${DEFAULT-VALUE} if not given.")
    private int atOnce = 8;

    @Option(names = "--to", paramLabel = "ADDRESS", description = "The recipient; ${DEFAULT-VALUE} if not given.")
    private String to = "postmaster@localhost";

    @Override
    public Integer call() throws IOException {
        PosternConfig config = options.read();
        FarmConfig farm = config.farms().get(farmName);
        if (farm == null) {
            throw new ConfigException("there is no farm \"" + farmName + "\"; there are: "
                    + String.join(", ", new TreeMap<>(config.farms()).keySet()));
        }
        if (atOnce < 1 || atOnce > 100) {
            throw new ConfigException("--at-once must be 1 to 100, not " + atOnce);
        }
        Path temp = Files.createDirectories(config.tempFolder());
        try (FileScanner scanner = new FileScanner(config, farmName, farm, options.folder(), temp, arrival())) {
            List<Path> all = files();
            if (summary) {
                summarise(scanner, farm.deadline(), all);
            } else {
                for (Path file : all) {
                    long start = System.nanoTime();
                    Assessment assessment = scanner.scan(file, Deadline.in(farm.deadline()));
                    Duration took = Duration.ofNanos(System.nanoTime() - start);
                    print(System.out, file, assessment, scanner.policy(), took);
                }
            }
        }
        return ExitCodes.OK;
    }

    /// The files named, and those below the folders named.
    private List<Path> files() throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path named : files) {
            try (Stream<Path> below = Files.walk(named)) {
                below.filter(path -> path.equals(named) ? !Files.isDirectory(path) : Files.isRegularFile(path))
                        .sorted()
                        .forEach(all::add);
            } catch (NoSuchFileException e) {
                throw new CommandFailure(named + " is not there");
            }
        }
        if (all.isEmpty()) {
            throw new CommandFailure("there is no file in " + files);
        }
        return all;
    }

    @SuppressWarnings("SystemConsoleNull") // it is null where the JDK's own console is switched off
    private static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    private void summarise(FileScanner scanner, Duration time, List<Path> all) {
        ScanSummary table = new ScanSummary();
        Progress progress = new Progress(System.err, isTerminal(), all.size());
        Queue<Path> left = new ConcurrentLinkedQueue<>(all);
        Callable<Void> worker = () -> {
            try {
                for (Path file = left.poll(); file != null; file = left.poll()) {
                    table.add(file, scanner.scan(file, Deadline.in(time)));
                    progress.step();
                }
                return null;
            } finally {
                // Where one failed, the others need not go on.
                left.clear();
            }
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            for (Future<Void> each : threads.invokeAll(Collections.nCopies(atOnce, worker))) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CommandFailure failure
                    ? failure
                    : new CommandFailure(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted");
        }
        table.print(System.out);
    }

    private FileScanner.Arrival arrival() {
        ClientInfo from = new ClientInfo(clientAddress(), helo, true, Optional.empty(), Optional.empty());
        try {
            return new FileScanner.Arrival(
                    from, Optional.ofNullable(sender).map(ReversePath::parse), ForwardPath.parse(to));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--from or --to: " + e.getMessage());
        }
    }

    private InetAddress clientAddress() {
        try {
            return CidrBlock.parse(client).network();
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--client: " + e.getMessage());
        }
    }

    private static void print(PrintStream out, Path file, Assessment assessment, FarmPolicy policy, Duration took) {
        out.println(PlainText.of(file.toString()) + " (" + took.toMillis() + " ms)");
        for (Assessment.Contribution each : assessment.contributions()) {
            out.printf(
                    "  %-14s %-28s %8s x %-6s = %8s  %s%n",
                    each.filter(),
                    each.finding().symbol(),
                    Assessment.points(each.finding().score()),
                    Assessment.points(each.weight()),
                    Assessment.points(each.points()),
                    PlainText.of(each.finding().evidence()));
        }
        assessment
                .silent()
                .forEach((filter, why) -> out.printf(
                        "  %-14s no verdict: %s, %s%n",
                        filter, why.reason().name().toLowerCase(Locale.ROOT), PlainText.of(why.detail())));
        for (String filter : new TreeMap<>(policy.filters()).keySet()) {
            if (!assessment.silent().containsKey(filter)
                    && assessment.contributions().stream()
                            .noneMatch(each -> each.filter().equals(filter))) {
                out.printf("  %-14s found nothing%n", filter);
            }
        }
        out.println("  score " + Assessment.points(assessment.score()) + ": " + written(assessment.verdict()));
    }

    private static String written(Verdict verdict) {
        return verdict.reason().isEmpty()
                ? verdict.word()
                : verdict.word() + " (" + PlainText.of(verdict.reason()) + ")";
    }
}
