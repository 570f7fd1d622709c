// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.config.HostAndPort;
import org.postern.core.directory.password.ScramSecret;
import org.postern.core.dns.DnsConfig;
import org.postern.core.filter.NoVerdictPolicy;
import org.postern.core.filter.Thresholds;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.sending.SendingConfig;
import org.postern.delivery.StoreConfig;
import org.postern.deploy.config.DirectoryConfig;
import org.postern.deploy.config.FarmConfig;
import org.postern.deploy.config.FarmFilterConfig;
import org.postern.deploy.config.LoggingConfig;
import org.postern.deploy.config.ManagementConfig;
import org.postern.deploy.config.PosternConfig;
import org.postern.scanworkers.pipeline.PipelineConfig;
import org.postern.smtpfront.Authentication;
import org.postern.smtpfront.BareLineEnds;
import org.postern.smtpfront.DrainReport;
import org.postern.smtpfront.LimitsConfig;
import org.postern.smtpfront.ListenerConfig;
import org.postern.smtpfront.TimeoutsConfig;
import org.postern.smtpfront.TlsConfig;
import org.postern.smtpfront.TlsMode;
import org.postern.smtpfront.admission.AdmissionConfig;
import org.postern.smtpfront.admission.PressureConfig;

/// Postern inside a program, without a file of configuration: the example of docs/guides/embed.md.
class PosternTest {
    @TempDir
    Path folder;

    private PosternConfig config(int port) throws IOException {
        Path accounts = Files.writeString(
                folder.resolve("accounts.yaml"),
                "domains: [example.org]\npostmaster: alice@example.org\naccounts:\n  alice@example.org: { password: \""
                        + ScramSecret.create("geheim").written() + "\" }\n");
        FarmConfig mx = new FarmConfig(
                List.of(ListenerConfig.of("127.0.0.1", port, TlsMode.NONE)),
                Authentication.NONE,
                Duration.ofSeconds(60),
                Optional.empty(),
                BareLineEnds.REFUSE,
                false,
                LimitsConfig.defaults(),
                TimeoutsConfig.defaults(),
                Optional.empty(),
                AdmissionConfig.defaults(),
                new Thresholds(OptionalDouble.of(5), OptionalDouble.of(8), OptionalDouble.of(12)),
                List.of(),
                Optional.empty(),
                Map.of("rules", new FarmFilterConfig(1, NoVerdictPolicy.SKIP)),
                PipelineConfig.DEFAULTS);
        return new PosternConfig(
                Optional.of("test"),
                Optional.of(new Domain("localhost")),
                folder.resolve("tmp"),
                TlsConfig.selfMade(),
                DirectoryConfig.of(accounts),
                DnsConfig.defaults(),
                Map.of(),
                folder.resolve("plugins"),
                Map.of("mx", mx),
                Optional.of(StoreConfig.in(folder)),
                Optional.empty(),
                SendingConfig.DEFAULT,
                new ManagementConfig(true, new HostAndPort("127.0.0.1", 0), Optional.empty()),
                LoggingConfig.defaults());
    }

    @Test
    void allInOne_insideAProgram_keepsAMail() throws Exception {
        try (Postern postern = Postern.start(config(0), new Role.AllInOne())) {
            String reply = send(postern.address("mx"));

            assertThat(reply).startsWith("250 2.");
            List<Path> kept = delivered();
            assertThat(kept).hasSize(1);
            assertThat(Files.readString(kept.getFirst()))
                    .contains("virus-scanner")
                    .endsWith("Subject: hi\r\n\r\nhello\r\n");
            assertThat(get(postern, "/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(postern, "/metrics").body()).contains("postern_");
            assertThat(get(postern, "/nothing").statusCode()).isEqualTo(404);
            assertThat(get(postern, "/").body()).contains("/health/ready").contains("/metrics");
        }
    }

    @Test
    void takenPort_isAResource_andClosesWhatHadStarted() throws Exception {
        try (Postern first = Postern.start(config(0), new Role.Store())) {
            assertThat(first.addresses()).containsKey("management");
            // The spool is locked by the first one.
            assertThatThrownBy(() -> Postern.start(config(0), new Role.Store()))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining("spool");
        }
        try (Postern again = Postern.start(config(0), new Role.AllInOne())) {
            int port = again.address("mx").getPort();
            PosternConfig same = config(port);
            assertThatThrownBy(() -> Postern.start(
                            new PosternConfig(
                                    same.node(),
                                    same.hostname(),
                                    same.tempFolder(),
                                    same.tls(),
                                    same.directory(),
                                    same.dns(),
                                    same.engines(),
                                    same.plugins(),
                                    same.farms(),
                                    Optional.of(StoreConfig.in(folder.resolve("other"))),
                                    same.handoff(),
                                    same.sending(),
                                    ManagementConfig.off(),
                                    same.logging()),
                            new Role.AllInOne()))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining("127.0.0.1:" + port);
        }
    }

    @Test
    void drained_itIsNotReady_andTakesNobodyIn_andSaysSo() throws Exception {
        try (Postern postern = Postern.start(config(0), new Role.AllInOne());
                Socket client = new Socket(
                        postern.address("mx").getAddress(),
                        postern.address("mx").getPort());
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
            assertThat(reply(in)).startsWith("220 ");
            assertThat(get(postern, "/health/ready").statusCode()).isEqualTo(200);

            List<DrainReport> reports = postern.drain(Duration.ofSeconds(20));

            assertThat(reply(in)).startsWith("421 4.3.2 ");
            assertThat(reports).hasSize(1);
            assertThat(reports.getFirst().toString())
                    .matches(
                            "mx: drained in \\d+ ms: 1 sessions, 0 mails handed over, 0 sessions with 0 mails broken off");
            assertThat(get(postern, "/health/ready").statusCode()).isEqualTo(503);
            assertThat(get(postern, "/health/live").statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> send(postern.address("mx"))).isInstanceOf(IOException.class);
        }
    }

    private static PosternConfig changed(PosternConfig config, Thresholds thresholds, List<Path> lists) {
        FarmConfig mx = Objects.requireNonNull(config.farms().get("mx"));
        AdmissionConfig admission =
                with(with(mx.admission(), "lists", lists), "pressure", new PressureConfig(true, 75, 33));
        return with(config, "farms", Map.of("mx", with(with(mx, "admission", admission), "thresholds", thresholds)));
    }

    /// The same settings but for one.
    private static <C extends Record> C with(C config, String component, Object value) {
        try {
            RecordComponent[] components = config.getClass().getRecordComponents();
            Object[] values = new Object[components.length];
            for (int i = 0; i < components.length; i++) {
                values[i] = components[i].getName().equals(component)
                        ? value
                        : components[i].getAccessor().invoke(config);
            }
            @SuppressWarnings("unchecked")
            Class<C> type = (Class<C>) config.getClass();
            return type.getDeclaredConstructor(Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new))
                    .newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    @Test
    void reloaded_policyAndListsCount_andSessionsStay() throws Exception {
        PosternConfig config = config(0);
        try (Postern postern = Postern.start(config, new Role.AllInOne());
                Socket client = new Socket(
                        postern.address("mx").getAddress(),
                        postern.address("mx").getPort());
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
            assertThat(reply(in)).startsWith("220 ");
            assertThat(send(postern.address("mx"))).startsWith("250 2.");
            Path list = Files.writeString(folder.resolve("deny.txt"), "deny sender bob@example.net Not you\n");
            Thresholds all = new Thresholds(OptionalDouble.of(-100), OptionalDouble.of(-100), OptionalDouble.of(-100));

            assertThat(postern.reload(changed(config, all, List.of(list))))
                    .containsExactly(
                            "farms.mx.admission.lists: [] -> [" + list + "]",
                            "farms.mx.thresholds.tag: 5.0 -> -100.0",
                            "farms.mx.thresholds.quarantine: 8.0 -> -100.0",
                            "farms.mx.thresholds.reject: 12.0 -> -100.0",
                            "farm mx: 1 rules in its lists",
                            "needs a restart: farms.mx.admission.pressure.users-percent: 20 -> 33");

            assertThat(send(postern.address("mx"))).as("the list").startsWith("50");
            assertThat(say(client, in, "HELO test")).as("a session from before").startsWith("250 ");
            assertThat(say(client, in, "MAIL FROM:<bob@example.net>")).isEqualTo("550 5.7.1 Not you");
            say(client, in, "MAIL FROM:<eve@example.net>");
            say(client, in, "RCPT TO:<alice@example.org>");
            say(client, in, "DATA");
            assertThat(say(client, in, "Subject: hi\r\n\r\nhello\r\n."))
                    .as("the threshold")
                    .startsWith("550 5.7.1 ");
        }
    }

    @Test
    void reloadedWithProblems_nothingChanges_andAllAreNamed() throws Exception {
        PosternConfig config = config(0);
        try (Postern postern = Postern.start(config, new Role.AllInOne())) {
            Path list = Files.writeString(folder.resolve("deny.txt"), "deny sender bob@example.net\nrubbish\n");
            Thresholds all = new Thresholds(OptionalDouble.of(-100), OptionalDouble.of(-100), OptionalDouble.of(-100));

            assertThatThrownBy(() -> postern.reload(changed(config, all, List.of(list, folder.resolve("none.txt")))))
                    .isInstanceOfSatisfying(
                            ConfigException.class,
                            e -> assertThat(e.problems())
                                    .hasSize(2)
                                    .anyMatch(problem -> problem.startsWith("deny.txt:2: "))
                                    .anyMatch(problem -> problem.contains("none.txt: cannot be read")));

            assertThat(send(postern.address("mx"))).startsWith("250 2.");
        }
    }

    private static String say(Socket client, BufferedReader in, String line) throws IOException {
        client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        return reply(in);
    }

    private static HttpResponse<String> get(Postern postern, String path) throws IOException, InterruptedException {
        InetSocketAddress address = postern.address("management");
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private List<Path> delivered() throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(Duration.ofSeconds(60));
        while (true) {
            if (Files.isDirectory(folder.resolve("mail"))) {
                try (Stream<Path> all = Files.walk(folder.resolve("mail"))) {
                    List<Path> found = all.filter(Files::isRegularFile)
                            .filter(file -> file.toString().contains("/new/"))
                            .toList();
                    if (!found.isEmpty() || deadline.expired()) {
                        return found;
                    }
                }
            }
            Thread.sleep(50);
        }
    }

    private static String send(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort());
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.setSoTimeout(60_000);
            reply(in);
            String last = "";
            for (String line : new String[] {
                "HELO test",
                "MAIL FROM:<bob@example.net>",
                "RCPT TO:<alice@example.org>",
                "DATA",
                "Subject: hi\r\n\r\nhello\r\n."
            }) {
                socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
                last = reply(in);
            }
            return last;
        }
    }

    private static String reply(BufferedReader in) throws IOException {
        String line = String.valueOf(in.readLine());
        while (line.length() > 3 && line.charAt(3) == '-') {
            line = String.valueOf(in.readLine());
        }
        return line;
    }
}
