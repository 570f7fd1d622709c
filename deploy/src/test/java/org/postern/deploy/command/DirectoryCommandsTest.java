// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.deploy.command.Typed.run;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.deploy.Postern;
import org.postern.deploy.Role;
import org.postern.testkit.Slapd;
import org.postern.testkit.TestDirectory;

/// The commands about the directory, as they are typed.
@Timeout(120)
class DirectoryCommandsTest {
    private static final TestDirectory SITE = TestDirectory.generate(20, 2, 5);
    private static final String KNOWN = SITE.addresses().getFirst();
    private static final String BROKEN = "dn: uid=round," + Slapd.SUFFIX
            + "\nobjectClass: account\nobjectClass: qmailUser\nuid: round\nmail: round@domain00.example\n"
            + "deliveryMode: nolocal\nmailForwardingAddress: back@domain00.example\nmailHost: nowhere.example\n\n"
            + "dn: uid=back," + Slapd.SUFFIX
            + "\nobjectClass: account\nobjectClass: qmailUser\nuid: back\nmail: back@domain00.example\n"
            + "deliveryMode: nolocal\nmailForwardingAddress: round@domain00.example\nmailHost: store1.example\n\n";

    @TempDir
    private Path folder;

    private String config(Slapd slapd) throws Exception {
        return Files.writeString(folder.resolve("postern.yaml"), """
                        node: test
                        hostname: localhost
                        temp-folder: tmp
                        directory:
                          ldap:
                            servers: [{ address: "127.0.0.1:%d", tls: none }]
                            base-dn: %s
                            domains: [domain00.example, domain01.example]
                            probe-interval: 200ms
                            server-timeout: 2s
                          cache: { known-for: 1h, stale-wait: 100ms, retry-after: 100ms }
                        farms:
                          mx:
                            listen: [{ address: 127.0.0.1, port: 0, tls: none }]
                            filters: { rules: { weight: 1, no-verdict: skip } }
                        store:
                          spool: { folder: spool }
                          maildir: { folder: mail }
                          quarantine: { folder: quarantine }
                          handoff: { listen: ["127.0.0.1:0"] }
                          qmqp: { listen: ["127.0.0.1:0"] }
                        management: { listen: "127.0.0.1:0" }
                        """.formatted(
                                slapd.address().getPort(), Slapd.SUFFIX))
                .toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "directory",
                "directory lookup",
                "directory check",
                "directory flush",
                "directory held",
                "directory release"
            })
    void everyCommand_explainsItself_andRefusesUnknownWords(String command) {
        Typed.explainsItself(command);
    }

    @Test
    void lookup_showsEveryStep_andCheckWhatIsWrong() throws Exception {
        Slapd.needQmailSchema();
        try (Slapd slapd = Slapd.start(SITE.ldif() + BROKEN)) {
            String config = config(slapd);
            assertThat(run(0, "directory", "lookup", KNOWN, "--config", config))
                    .contains("local-domain")
                    .contains("search at ldap://127.0.0.1:" + slapd.address().getPort())
                    .contains("known: " + KNOWN)
                    .contains("into the mailbox domain00.example/");
            assertThat(run(0, "directory", "lookup", "team@domain01.example", "--config", config))
                    .contains("members: ")
                    .contains("stranger1@elsewhere.example");
            assertThat(run(0, "directory", "lookup", "x@elsewhere.example", "--config", config))
                    .contains("the domain is not ours");
            assertThat(run(1, "directory", "check", "--store", "store1.example", "--config", config))
                    .contains("forwarding goes round")
                    .contains("round@domain00.example lives on nowhere.example, which is no store");
            assertThat(run(0, "check", "--live", "--config", config)).contains("directory: LDAP provider ldap://");
            slapd.daemon().kill();
            // Told by this look-up, or by the connection that was opened at the start: "down: 91 …".
            assertThat(run(1, "directory", "lookup", KNOWN, "--config", config))
                    .containsPattern("no answer: (down: )?91 \\(connect error\\): Connection refused\n");
            assertThat(run(1, "directory", "check", "--config", config)).contains("the check did not end");
            assertThat(run(1, "check", "--live", "--config", config)).contains("directory: LDAP provider ldap://");
        }
    }

    @Test
    void runningServer_forgetsWhenTold_andStaysReadyWhileTheDirectoryIsDown() throws Exception {
        Slapd.needQmailSchema();
        try (Slapd slapd = Slapd.start(SITE.ldif())) {
            String config = config(slapd);
            try (Postern postern =
                    Postern.start(Postern.configuration(Path.of(config), List.of()), folder, new Role.AllInOne())) {
                assertThat(rcpt(postern, KNOWN)).startsWith("250 ");
                assertThat(run(0, "directory", "flush", "nobody@domain00.example", "--config", config))
                        .contains("forgot 1 answers about nobody@domain00.example");
                assertThat(run(0, "directory", "flush", KNOWN, "--config", config))
                        .contains("forgot 1 answers");
                assertThat(rcpt(postern, KNOWN)).startsWith("250 ");
                assertThat(run(0, "directory", "held", "--config", config)).startsWith("no account's mail is held");
                assertThat(run(0, "directory", "release", KNOWN, "--config", config))
                        .contains("was not held");

                slapd.daemon().kill();
                assertThat(awaitReady(postern, "directory: impaired"))
                        .contains("200 ")
                        .contains("is down");
                assertThat(rcpt(postern, KNOWN)).as("remembered").startsWith("250 ");
                assertThat(run(0, "directory", "flush", "--config", config)).contains("forgot 2 answers");
                assertThat(rcpt(postern, KNOWN)).as("not remembered").startsWith("451 ");
                slapd.daemon().restart();
                assertThat(awaitReady(postern, "directory: ok\n")).contains("200 ");
                assertThat(rcpt(postern, KNOWN)).startsWith("250 ");
            }
        }
    }

    /// The page of readiness when it says so, after at most half a minute.
    private static String awaitReady(Postern postern, String what) throws Exception {
        InetSocketAddress address = postern.address("management");
        String page = "";
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int i = 0; i < 150 && !page.contains(what); i++) {
                Thread.sleep(200);
                HttpResponse<String> response = client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + "/health/ready"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                page = response.statusCode() + " " + response.body();
            }
        }
        return page;
    }

    private static String rcpt(Postern postern, String address) throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(postern.address("mx"), 30_000);
            socket.setSoTimeout(30_000);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            in.readLine();
            String last = "";
            for (String line :
                    List.of("HELO client.example", "MAIL FROM:<x@elsewhere.example>", "RCPT TO:<" + address + ">")) {
                socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
                last = String.valueOf(in.readLine());
            }
            return last;
        }
    }
}
