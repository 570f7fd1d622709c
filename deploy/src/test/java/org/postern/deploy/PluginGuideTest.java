// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.Assessment;
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
import org.postern.deploy.config.FarmConfig;
import org.postern.deploy.config.PosternConfig;
import org.postern.scanworkers.pipeline.ScanPipeline;

/// The example of docs/guides/plugin.md, compiled and run, and jars that are broken in every way.
@Timeout(120)
class PluginGuideTest {
    private static final String SERVICE = "META-INF/services/org.postern.core.filter.FilterFactory";

    @TempDir
    Path folder;

    private Path plugins;

    @BeforeEach
    void folders() throws Exception {
        plugins = Files.createDirectory(folder.resolve("plugins"));
        Files.createDirectory(folder.resolve("tmp"));
    }

    private static String block(String kind) throws Exception {
        return GuideCode.block("plugin.md", kind);
    }

    private Path compiled(String name, String source) throws Exception {
        return GuideCode.compiled(folder, name, source);
    }

    private void jar(String name, Path classes, String service) throws Exception {
        try (OutputStream out = Files.newOutputStream(plugins.resolve(name));
                JarOutputStream jar = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                jar.write(Files.readAllBytes(file));
            }
            if (!service.isEmpty()) {
                jar.putNextEntry(new JarEntry(SERVICE));
                jar.write(service.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private PosternConfig config() throws Exception {
        Path file = folder.resolve("postern.yaml");
        Files.writeString(
                file, "node: test\nhostname: localhost\ndirectory: { file: accounts.yaml }\n" + block("yaml"));
        return Postern.configuration(file, List.of());
    }

    private Filters filters(PosternConfig config) {
        return Filters.create(
                config, config.farms().values(), folder, folder.resolve("tmp"), new SimpleMeterRegistry());
    }

    private static MailTransaction mail(String subject) throws Exception {
        MessageContent content = MessageContent.of(
                ("From: a@example.org\r\nSubject: " + subject + "\r\n\r\nx\r\n").getBytes(StandardCharsets.US_ASCII));
        return new MailTransaction(
                TransactionId.create(0),
                "mx",
                new ClientInfo(InetAddress.getLoopbackAddress(), "client", true, Optional.empty(), Optional.empty()),
                Envelope.of(ReversePath.parse(""), List.of(ForwardPath.parse("b@example.org"))),
                content,
                MessageHeader.read(content, ByteSize.ofKiB(64)),
                Instant.EPOCH);
    }

    private static Assessment assess(ScanPipeline pipeline, String subject) throws Exception {
        return pipeline.assess(mail(subject), Deadline.in(Duration.ofSeconds(30)));
    }

    @Test
    void exampleOfTheGuide_isFoundConfiguredAndWeighed() throws Exception {
        jar("shouting.jar", compiled("ShoutingFactory", block("java")), block("text"));
        PosternConfig config = config();
        FarmConfig mx = java.util.Objects.requireNonNull(config.farms().get("mx"));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Filters filters = filters(config);
                ScanPipeline pipeline =
                        new ScanPipeline(Filters.policy("mx", mx), filters.all(), mx.scanning(), meters)) {
            assertThat(assess(pipeline, "BUY CHEAP WATCHES").contributions())
                    .singleElement()
                    .satisfies(found -> {
                        assertThat(found.filter()).isEqualTo("shouting");
                        assertThat(found.points()).isEqualTo(3);
                    });
            assertThat(assess(pipeline, "Re: watches").contributions()).isEmpty();
            assertThat(assess(pipeline, "BUY NINE").contributions())
                    .as("fewer letters than configured")
                    .isEmpty();
            assertThat(meters.find("postern.filter.scan")
                            .tag("filter", "shouting")
                            .timers())
                    .isNotEmpty();
        }
    }

    @Test
    void settingsOfAPlugin_thatAreWrong_areReportedLikeOurs() throws Exception {
        jar("shouting.jar", compiled("ShoutingFactory", block("java")), block("text"));
        config();
        Path file = folder.resolve("postern.yaml");
        Files.writeString(file, Files.readString(file).replace("letters: 10", "leters: 10"));
        PosternConfig config = Postern.configuration(file, List.of());
        assertThatThrownBy(() -> filters(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("leters")
                .hasMessageContaining("letters");
    }

    @Test
    void missingPlugin_isNamed() throws Exception {
        PosternConfig config = config();
        assertThatThrownBy(() -> filters(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("shouting");
    }

    @Test
    void brokenJars_areAllReportedAndNothingStarts() throws Exception {
        Files.writeString(plugins.resolve("1-text.jar"), "this is no jar");
        jar("2-library.jar", compiled("ShoutingFactory", block("java")), "");
        jar("3-gone.jar", folder.resolve("tmp"), "example.Gone\n");
        String source = block("java").replace("ShoutingFactory", "ClamavFactory");
        jar(
                "4-taken.jar",
                compiled("ClamavFactory", source.replace("return \"shouting\"", "return \"clamav\"")),
                "example.ClamavFactory\n");
        String failing = block("java")
                .replace("ShoutingFactory", "FailingFactory")
                .replace(
                        "public record Settings",
                        "public FailingFactory() { throw new IllegalStateException(\"no\"); }\n"
                                + "public record Settings");
        jar("5-failing.jar", compiled("FailingFactory", failing), "example.FailingFactory\n");
        jar("6-shouting.jar", folder.resolve("classes-ShoutingFactory"), block("text"));
        jar("7-again.jar", folder.resolve("classes-ShoutingFactory"), block("text"));
        PosternConfig config = config();
        assertThatThrownBy(() -> filters(config))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems())
                                .hasSize(6)
                                .anyMatch(
                                        problem -> problem.contains("1-text.jar") && problem.contains("cannot be read"))
                                .anyMatch(problem ->
                                        problem.contains("2-library.jar") && problem.contains("no filter is in it"))
                                .anyMatch(problem -> problem.contains("3-gone.jar") && problem.contains("example.Gone"))
                                .anyMatch(problem -> problem.contains("4-taken.jar")
                                        && problem.contains("called like one of Postern's"))
                                .anyMatch(problem ->
                                        problem.contains("5-failing.jar") && problem.contains("cannot be loaded"))
                                .anyMatch(problem ->
                                        problem.contains("7-again.jar") && problem.contains("6-shouting.jar")));
    }
}
