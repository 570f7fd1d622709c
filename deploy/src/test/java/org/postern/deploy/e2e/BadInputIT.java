// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an administrator gets wrong: each is one line that says what to do, and a documented exit code.
class BadInputIT {
    private static final int EXIT_USAGE = 2;
    private static final int EXIT_RESOURCE = 3;

    @TempDir
    Path folder;

    private Site site;

    @BeforeEach
    void initialise() throws Exception {
        site = Site.init(folder.resolve("site"));
    }

    @Test
    void start_misspeltKey_isNamedWithLineAndSuggestion() throws Exception {
        Path config = site.folder().resolve("postern.yaml");
        Files.writeString(config, Files.readString(config).replaceFirst("thresholds:", "tresholds:"));
        assertComplains(run("check"), EXIT_USAGE, "postern.yaml:", "tresholds", "did you mean", "thresholds");
        assertComplains(run("store"), EXIT_USAGE, "tresholds");
    }

    @Test
    void start_portInUse_saysWhichPort() throws Exception {
        try (ServerSocket taken = new ServerSocket(site.mx(), 1, InetAddress.getLoopbackAddress())) {
            assertComplains(run("all-in-one"), EXIT_RESOURCE, "127.0.0.1:" + taken.getLocalPort(), "in use");
        }
    }

    @Test
    void start_certificateThatCannotBeRead_namesTheFile() throws Exception {
        Path certificate = Files.writeString(site.folder().resolve("broken.pem"), "not a certificate\n");
        PosternProcess.Ended ended = run("all-in-one", "tls.certificate=" + certificate, "tls.key=" + certificate);
        assertThat(ended.exit()).isIn(EXIT_USAGE, EXIT_RESOURCE);
        assertThat(ended.err()).contains("broken.pem").doesNotContain("\tat ");
    }

    @Test
    void start_spoolOnAReadOnlyDisk_namesTheFolder() throws Exception {
        Path spool = Files.createDirectories(site.folder().resolve("readonly"));
        List<String> readOnly = List.of(
                "unshare",
                "--mount",
                "--map-root-user",
                "sh",
                "-c",
                "mount -t tmpfs -o ro tmpfs " + spool + " && exec \"$0\" \"$@\"");
        PosternProcess.Ended ended =
                PosternProcess.run(readOnly, site.arguments(List.of("store"), "store.spool.folder=" + spool));
        assertComplains(ended, EXIT_RESOURCE, spool.toString());
    }

    @Test
    void start_clamdThatIsNotThere_servesAndDefersAndTheLiveCheckFails() throws Exception {
        int nobody = Site.freePorts(1)[0];
        Site withClamd = Site.init(folder.resolve("with-clamd"), "--clamd", "127.0.0.1:" + nobody);
        PosternProcess.Ended live = PosternProcess.run(withClamd.arguments(List.of("check", "--live")));
        assertComplains(live, 1, "clamav", "127.0.0.1:" + nobody);
        try (PosternProcess server = PosternProcess.serve(
                        withClamd.log("all"), withClamd.arguments(List.of("all-in-one"), "farms.mx.deadline=8s"));
                SmtpSession session = SmtpSession.open(withClamd.mxAddress())) {
            assertThat(server.isAlive()).isTrue();
            Ledger ledger = new Ledger();
            String reply =
                    session.send("bob@example.net", List.of(Site.ALICE), ledger.message("one", 600, "x", "hello"));
            assertThat(reply).startsWith("451").doesNotContainIgnoringCase("clam");
            assertThat(withClamd.delivered()).isEmpty();
        }
    }

    @Test
    void init_scannerOnAUnixSocket_writesWhatTheLiveCheckUnderstands() throws Exception {
        String socket = "unix:" + folder.resolve("it's clamd.sock");
        Site local = Site.init(folder.resolve("local"), "--clamd", socket);
        PosternProcess.Ended live = PosternProcess.run(local.arguments(List.of("check", "--live")));
        assertComplains(live, 1, "clamav", socket);
    }

    private PosternProcess.Ended run(String role, String... settings) throws IOException, InterruptedException {
        return PosternProcess.run(site.arguments(List.of(role), settings));
    }

    private static void assertComplains(PosternProcess.Ended ended, int exit, String... words) {
        assertThat(ended.exit()).as(ended.err()).isEqualTo(exit);
        assertThat(ended.out()).doesNotStartWith("ready");
        String said = ended.err() + ended.out();
        assertThat(said).contains(words).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(Arrays.stream(words).allMatch(word -> said.lines().anyMatch(line -> line.contains(word))))
                .isTrue();
    }
}
