// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
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
import org.postern.core.mail.MessageContentBuilder;
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
            "--from bob@example.net --to alice@example.org. Exit code 0 whatever the verdict is."
        })
final class ScanCommand implements Callable<Integer> {
    private static final ByteSize MEMORY_MAX = ByteSize.ofMiB(1);
    private static final ByteSize HEADER_MAX = ByteSize.ofKiB(512);

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Message files, as they came over SMTP.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--farm", required = true, paramLabel = "NAME", description = "The farm, as under \"farms\".")
    private String farmName = "";

    @Option(names = "--client", paramLabel = "IP", description = "The client's address; ${DEFAULT-VALUE} if not given.")
    private String client = "192.0.2.1";

    @Option(names = "--helo", paramLabel = "NAME", description = "What the client said in EHLO.")
    private String helo = "unknown.invalid";

    @Option(names = "--from", paramLabel = "ADDRESS", description = "The sender; the null path if not given.")
    private String from = "";

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
        Envelope envelope = envelope();
        ClientInfo clientInfo = new ClientInfo(clientAddress(), helo, true, Optional.empty(), Optional.empty());
        Path temp = Files.createDirectories(config.tempFolder());
        FarmPolicy policy = Filters.policy(farmName, farm);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Filters filters =
                        Filters.create(config.engines(), List.of(farm), options.folder(), temp, meters, config.dns());
                ScanPipeline pipeline = new ScanPipeline(policy, filters.all(), farm.scanning(), meters)) {
            for (Path file : files) {
                try (MessageContent content = content(file, temp)) {
                    Instant now = Instant.now();
                    MailTransaction mail = new MailTransaction(
                            TransactionId.create(now.toEpochMilli()),
                            farmName,
                            clientInfo,
                            envelope,
                            content,
                            MessageHeader.read(content, HEADER_MAX),
                            now);
                    long start = System.nanoTime();
                    Assessment assessment = pipeline.assess(mail, Deadline.in(farm.deadline()));
                    Duration took = Duration.ofNanos(System.nanoTime() - start);
                    print(System.out, file, assessment, policy, took);
                }
            }
        }
        return ExitCodes.OK;
    }

    private Envelope envelope() {
        try {
            return Envelope.of(ReversePath.parse(from), List.of(ForwardPath.parse(to)));
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

    private static MessageContent content(Path file, Path temp) {
        try (InputStream in = Files.newInputStream(file);
                MessageContentBuilder builder = new MessageContentBuilder(MEMORY_MAX, temp)) {
            byte[] block = new byte[64 * 1024];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                builder.write(block, 0, n);
            }
            return builder.build();
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be read: " + e);
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
