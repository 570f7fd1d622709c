// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Taking a packaged server out of service, and changing it while it serves.
@Timeout(180)
class StopIT {
    @TempDir
    Path folder;

    private Site site;

    @BeforeEach
    void initialise() throws Exception {
        site = Site.init(folder.resolve("site"));
    }

    private Process start(Path out) throws IOException {
        List<String> line = new ArrayList<>(List.of(PosternProcess.command().toString()));
        line.addAll(List.of(site.arguments(List.of("all-in-one"))));
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectOutput(out.toFile())
                .redirectError(site.log("server").toFile());
        builder.environment().put("POSTERN_JAVA_OPTIONS", "-Xmx512m");
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static void awaitLine(Path file, String begin) throws Exception {
        for (int i = 0; i < 600; i++) {
            if (Files.readString(file).lines().anyMatch(line -> line.startsWith(begin))) {
                return;
            }
            Thread.sleep(100);
        }
        throw new TimeoutException(begin + " did not come: " + Files.readString(file));
    }

    private static void awaitText(Path file, String text) throws Exception {
        for (int i = 0; i < 600 && !Files.readString(file).contains(text); i++) {
            Thread.sleep(100);
        }
        assertThat(file).content().contains(text);
    }

    private PosternProcess.Ended ask(String... words) throws Exception {
        return PosternProcess.run(site.arguments(List.of(words)));
    }

    private int readiness() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + site.management() + "/health/ready"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void drain_says421ToTheIdle_isNotReady_andReports() throws Exception {
        Path out = folder.resolve("out");
        Process server = start(out);
        try {
            awaitLine(out, "ready ");
            assertThat(readiness()).isEqualTo(200);
            try (SmtpSession idle = SmtpSession.open(site.mxAddress())) {
                PosternProcess.Ended drained = ask("drain", "--within", "20");
                assertThat(drained.exit()).as(drained.err()).isZero();
                assertThat(drained.out()).contains("FARM", "HANDED OVER", "mx", "submission");
                assertThat(idle.readReply()).startsWith("421 4.3.2 ");
            }
            assertThat(readiness()).isEqualTo(503);
            server.destroy();
            assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).isZero();
            assertThat(Files.readString(out)).contains("stopped mx: drained in ", ": 1 sessions, 0 mails handed over");
            assertThat(Files.readString(site.log("server"))).contains("mx: drained in ");
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void sigterm_duringData_letsItFinish() throws Exception {
        Path out = folder.resolve("out");
        Process server = start(out);
        try {
            awaitLine(out, "ready ");
            try (Socket socket = new Socket(site.mxAddress().getAddress(), site.mx());
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
                socket.setSoTimeout(60_000);
                assertThat(in.readLine()).startsWith("220 ");
                for (String line : List.of("HELO c.example", "MAIL FROM:<>", "RCPT TO:<" + Site.ALICE + ">", "DATA")) {
                    say(socket, line + "\r\n");
                    assertThat(in.readLine()).matches("(250|354) .*");
                }
                say(socket, "Subject: half\r\n\r\nof it\r\n");
                server.destroy();
                while (accepts()) {
                    Thread.sleep(50);
                }
                say(socket, "and the rest\r\n.\r\n");
                assertThat(in.readLine()).startsWith("250 2.0.0 ");
                assertThat(in.readLine()).startsWith("421 4.3.2 ");
                assertThat(in.readLine()).isNull();
            }
            assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).isZero();
            assertThat(Files.readString(out)).contains("1 mails handed over, 0 sessions with 0 mails broken off");
        } finally {
            server.destroyForcibly();
        }
    }

    private boolean accepts() {
        try (Socket _ = new Socket(site.mxAddress().getAddress(), site.mx())) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// The accounts come through a pipe, so that the server is surely starting when it is told to stop.
    @Test
    void sigterm_whileStarting_endsCleanlyWithoutServing() throws Exception {
        Path accounts = site.folder().resolve("accounts.yaml");
        byte[] content = Files.readAllBytes(accounts);
        Files.delete(accounts);
        assertThat(new ProcessBuilder("mkfifo", accounts.toString()).start().waitFor())
                .isZero();
        Path out = folder.resolve("out");
        Process server = start(out);
        try {
            // The shell says so when the server has opened the other end.
            Process pipe = new ProcessBuilder(
                            "sh", "-c", "exec > \"$0\"; echo opened >&2; exec cat", accounts.toString())
                    .start();
            try (OutputStream in = pipe.getOutputStream()) {
                assertThat(pipe.errorReader().readLine()).isEqualTo("opened");
                server.destroy();
                awaitText(site.log("server"), "stopping: ");
                in.write(content);
            }
            assertThat(pipe.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue())
                    .as(Files.readString(site.log("server")))
                    .isZero();
            assertThat(Files.readString(out)).doesNotContain("ready ");
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void reload_usesWhatIsValid_andRefusesWhatIsNot() throws Exception {
        Path out = folder.resolve("out");
        Process server = start(out);
        Path config = site.folder().resolve("postern.yaml");
        String before = Files.readString(config);
        try {
            awaitLine(out, "ready ");
            try (SmtpSession session = SmtpSession.open(site.mxAddress())) {
                Files.writeString(config, before.replaceFirst("thresholds:", "tresholds:"));
                PosternProcess.Ended refused = ask("reload");
                assertThat(refused.exit()).isNotZero();
                assertThat(refused.out() + refused.err()).contains("tresholds");

                Files.writeString(site.folder().resolve("deny.txt"), "deny sender spam.example Not from you\n");
                Files.writeString(
                        config, before.replaceFirst("(?m)^  mx:$", "  mx:\n    admission: { lists: [deny.txt] }"));
                PosternProcess.Ended reloaded = ask("reload");
                assertThat(reloaded.exit()).as(reloaded.err()).isZero();
                assertThat(reloaded.out()).contains("farms.mx.admission.lists", "farm mx: 1 rules");
                assertThat(session.command("MAIL FROM:<x@spam.example>"))
                        .as("a session from before")
                        .startsWith("550 5.7.1 Not from you");
            }
        } finally {
            server.destroyForcibly();
        }
    }
}
