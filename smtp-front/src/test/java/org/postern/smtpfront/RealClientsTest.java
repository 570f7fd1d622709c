// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.postern.core.config.CidrBlock;

/// Programs people use, against the front. A program that is missing fails the test.
final class RealClientsTest {
    private record Run(int status, String output) {}

    private static Run run(TestFront front, List<String> command) throws IOException, InterruptedException {
        Path output = front.tempFolder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Run(process.waitFor(), Files.readString(output, StandardCharsets.ISO_8859_1));
    }

    private static List<String> swaks(TestFront front, int listener, String... more) {
        List<String> command = new ArrayList<>(List.of(
                "swaks",
                "--server",
                "127.0.0.1",
                "--port",
                Integer.toString(front.address(listener).getPort()),
                "--from",
                "alice@here.example",
                "--to",
                "bob@here.example"));
        command.addAll(List.of(more));
        return command;
    }

    @Test
    void swaks_sends_in_the_clear_and_under_tls() throws Exception {
        try (TestFront front = TestFront.mx()) {
            Run plain = run(front, swaks(front, 0));
            assertThat(plain.status()).as(plain.output()).isZero();
            Run tls = run(front, swaks(front, 1, "--tls"));
            assertThat(tls.status()).as(tls.output()).isZero();
            Run implicit = run(front, swaks(front, 2, "--tls-on-connect"));
            assertThat(implicit.status()).as(implicit.output()).isZero();
            assertThat(front.store.kept).hasSize(3);
            assertThat(front.store.kept.getFirst().text()).contains(" with ESMTP id ");
            assertThat(front.store.kept.getLast().text()).contains(" with ESMTPS id ", "(TLSv1.3 ");
            assertThat(front.store.proven).hasSize(3);
        }
    }

    @Test
    void swaks_logs_in_and_submits() throws Exception {
        try (TestFront front = TestFront.submission()) {
            for (String mechanism : List.of("PLAIN", "LOGIN")) {
                Run sent = run(
                        front,
                        swaks(
                                front,
                                0,
                                "--tls",
                                "--auth",
                                mechanism,
                                "--auth-user",
                                "alice@here.example",
                                "--auth-password",
                                FakeDirectory.PASSWORD));
                assertThat(sent.status()).as(sent.output()).isZero();
            }
            Run refused = run(front, swaks(front, 0, "--tls"));
            assertThat(refused.status()).as(refused.output()).isNotZero();
            assertThat(front.store.kept).hasSize(2);
            assertThat(front.store.kept.getFirst().text()).contains(" with ESMTPSA id ");
        }
    }

    @Test
    void swaks_speaks_for_a_client_by_xclient() throws Exception {
        ListenerConfig trusting =
                new ListenerConfig(0, "127.0.0.1", TlsMode.NONE, List.of(), List.of(CidrBlock.parse("127.0.0.0/8")));
        try (TestFront front = TestFront.mx(config -> Change.listen(config, trusting))) {
            Run sent = run(
                    front,
                    swaks(
                            front,
                            0,
                            "--xclient-addr",
                            "192.0.2.7",
                            "--xclient-name",
                            "[UNAVAILABLE]",
                            "--xclient-login",
                            "alice@here.example"));
            assertThat(sent.status()).as(sent.output()).isZero();
            assertThat(front.store.kept.getFirst().text())
                    .contains(" ([192.0.2.7])")
                    .contains(" with ESMTPA id ");
        }
    }

    @Test
    void python_smtplib_sends_lines_that_begin_with_dots() throws Exception {
        try (TestFront front = TestFront.mx()) {
            String script = """
                    import smtplib, ssl, sys
                    for port, starttls in ((int(sys.argv[1]), False), (int(sys.argv[2]), True)):
                        with smtplib.SMTP('127.0.0.1', port, timeout=30) as client:
                            if starttls:
                                context = ssl.create_default_context()
                                context.check_hostname = False
                                context.verify_mode = ssl.CERT_NONE
                                client.starttls(context=context)
                            client.sendmail('a@there.example', ['bob@here.example', 'alice@here.example'],
                                            b'Subject: x\\r\\n\\r\\n.\\r\\n..\\r\\n.dot \\xff\\r\\n')
                    """;
            Run sent = run(
                    front,
                    List.of(
                            "python3",
                            "-c",
                            script,
                            Integer.toString(front.address(0).getPort()),
                            Integer.toString(front.address(1).getPort())));
            assertThat(sent.status()).as(sent.output()).isZero();
            assertThat(front.store.kept).hasSize(2);
            assertThat(front.store.kept)
                    .allMatch(kept -> kept.text().endsWith("Subject: x\r\n\r\n.\r\n..\r\n.dot \u00ff\r\n"))
                    .allMatch(kept -> kept.handoff().envelope().recipients().size() == 2);
        }
    }

    @Test
    void smtp_source_sends_many_mails_over_many_connections() throws Exception {
        try (TestFront front = new TestFront(Authentication.NONE, List.of(TlsMode.NONE), UnaryOperator.identity())) {
            String server = "inet:127.0.0.1:" + front.address(0).getPort();
            Run sent = run(
                    front,
                    List.of(
                            "smtp-source",
                            "-s",
                            "8",
                            "-m",
                            "200",
                            "-l",
                            "20000",
                            "-d",
                            "-f",
                            "a@there.example",
                            "-t",
                            "bob@here.example",
                            server));
            assertThat(sent.status()).as(sent.output()).isZero();
            assertThat(front.store.kept).hasSize(200);
            assertThat(front.decisions).hasSize(200);
        }
    }
}
