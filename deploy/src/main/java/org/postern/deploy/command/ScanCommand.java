// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
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
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;
import org.postern.deploy.Filters;
import org.postern.deploy.config.FarmConfig;
import org.postern.deploy.config.PosternConfig;
import org.postern.scanworkers.pipeline.ScanPipeline;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "scan",
        description = "Says of message files what each filter of a farm says, with the arithmetic. Takes no mail in and"
                + " delivers nothing; it does ask the engines' backends.",
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
    private static final ByteSize HEADER_MAX = ByteSize.ofKiB(512);

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
    private @Nullable String from;

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
        ClientInfo clientInfo = new ClientInfo(clientAddress(), helo, true, Optional.empty(), Optional.empty());
        Path temp = Files.createDirectories(config.tempFolder());
        FarmPolicy policy = Filters.policy(farmName, farm);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Filters filters = Filters.create(config, List.of(farm), options.folder(), temp, meters);
                ScanPipeline pipeline = new ScanPipeline(policy, filters.all(), farm.scanning(), meters)) {
            Scanner scanner = file -> {
                try (MessageContent content = MessageFile.content(file, temp)) {
                    return pipeline.assess(mail(content, clientInfo), Deadline.in(farm.deadline()));
                }
            };
            if (summary) {
                summarise(scanner, files());
            } else {
                for (Path file : files()) {
                    long start = System.nanoTime();
                    Assessment assessment = scanner.scan(file);
                    print(System.out, file, assessment, policy, Duration.ofNanos(System.nanoTime() - start));
                }
            }
        }
        return ExitCodes.OK;
    }

    /// Scans one file.
    @FunctionalInterface
    private interface Scanner {
        Assessment scan(Path file) throws IOException;
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

    private void summarise(Scanner scanner, List<Path> all) throws IOException {
        ScanSummary table = new ScanSummary();
        Progress progress = new Progress(System.err, isTerminal(), all.size());
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            List<Future<?>> running = new ArrayList<>();
            for (Path file : all) {
                running.add(threads.submit(() -> {
                    table.add(file, scanner.scan(file));
                    progress.step();
                    return null;
                }));
            }
            for (Future<?> each : running) {
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

    private MailTransaction mail(MessageContent content, ClientInfo clientInfo) throws IOException {
        MessageHeader header = MessageHeader.read(content, HEADER_MAX);
        Instant received = MessageFile.received(header);
        return new MailTransaction(
                TransactionId.create(Instant.now().toEpochMilli()),
                farmName,
                clientInfo,
                envelope(header),
                content,
                header,
                received);
    }

    private Envelope envelope(MessageHeader header) {
        try {
            return Envelope.of(sender(header), List.of(ForwardPath.parse(to)));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--from or --to: " + e.getMessage());
        }
    }

    private ReversePath sender(MessageHeader header) {
        if (from != null) {
            return ReversePath.parse(from);
        }
        try {
            return ReversePath.parse(MessageFile.returnPath(header).orElse(""));
        } catch (IllegalArgumentException e) {
            // What a file says is no fault of the caller.
            return ReversePath.parse("");
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
        out.println(file + " (" + took.toMillis() + " ms)");
        for (Assessment.Contribution each : assessment.contributions()) {
            out.printf(
                    "  %-14s %-28s %8s x %-6s = %8s  %s%n",
                    each.filter(),
                    each.finding().symbol(),
                    Assessment.points(each.finding().score()),
                    Assessment.points(each.weight()),
                    Assessment.points(each.points()),
                    each.finding().evidence());
        }
        assessment
                .silent()
                .forEach((filter, why) -> out.printf(
                        "  %-14s no verdict: %s, %s%n",
                        filter, why.reason().name().toLowerCase(java.util.Locale.ROOT), why.detail()));
        for (String filter : new TreeMap<>(policy.filters()).keySet()) {
            if (!assessment.silent().containsKey(filter)
                    && assessment.contributions().stream()
                            .noneMatch(each -> each.filter().equals(filter))) {
                out.printf("  %-14s found nothing%n", filter);
            }
        }
        out.println("  score " + Assessment.points(assessment.score()) + ": " + Verdicts.written(assessment.verdict()));
    }
}
