// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a front may do to the machine it runs on: nothing outside its temporary folder, and nothing that needs an
/// executable `/tmp`.
class FrontFootprintIT {
    private static final Pattern OPENED_FOR_WRITING = Pattern.compile(
            "(?:open|openat|creat)\\([^\"]*\"([^\"]+)\"[^)]*(?:O_WRONLY|O_RDWR|O_CREAT)[^)]*\\)\\s+= \\d+");
    private static final Pattern MADE = Pattern.compile(
            "(?:mkdir|mkdirat|rename|renameat2?|link|linkat|symlink|symlinkat)\\([^\"]*\"([^\"]+)\"[^)]*\\)\\s+= 0");

    @TempDir
    Path folder;

    @Test
    void front_takingLargeAndSmallMails_writesOnlyBelowItsTempFolder() throws Exception {
        Site site = Site.init(folder.resolve("site"));
        Path temp = Files.createDirectories(folder.resolve("front-temp"));
        Path trace = folder.resolve("trace");
        List<String> strace = List.of(
                "strace",
                "-f",
                "-qq",
                "-e",
                "trace=open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat",
                "-s",
                "300",
                "-o",
                trace.toString());
        try (PosternProcess store = PosternProcess.serve(site.log("store"), site.arguments(List.of("store")));
                PosternProcess front = PosternProcess.serve(
                        site.log("front"),
                        strace,
                        site.arguments(
                                List.of("front", "--farm", "mx"),
                                "management.listen=127.0.0.1:0",
                                "temp-folder=" + temp));
                SmtpSession session = SmtpSession.open(site.mxAddress())) {
            assertThat(store.isAlive() && front.isAlive()).isTrue();
            Ledger ledger = new Ledger();
            for (int size : new int[] {1_000, 5_000_000}) {
                byte[] message = ledger.message("size" + size, size, "x", "hello");
                assertThat(session.send("bob@example.net", List.of(Site.ALICE), message))
                        .startsWith("250");
            }
        }
        List<String> elsewhere = Files.readAllLines(trace).stream()
                .flatMap(line -> java.util.stream.Stream.of(OPENED_FOR_WRITING.matcher(line), MADE.matcher(line)))
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .filter(path -> !path.startsWith(temp.toString()))
                .filter(path -> !path.startsWith("/dev/") && !path.startsWith("/proc/") && !path.startsWith("/sys/"))
                .distinct()
                .toList();
        assertThat(elsewhere).isEmpty();
    }

    @Test
    void allInOne_tmpMountedNoexec_works() throws Exception {
        Site site = Site.init(folder.resolve("site"));
        List<String> noexec = List.of(
                "unshare",
                "--mount",
                "--map-root-user",
                "sh",
                "-c",
                "mount -t tmpfs -o noexec,mode=1777 tmpfs /tmp && exec \"$0\" \"$@\"");
        try (PosternProcess server =
                        PosternProcess.serve(site.log("all"), noexec, site.arguments(List.of("all-in-one")));
                SmtpSession session = SmtpSession.open(site.mxAddress())) {
            assertThat(server.isAlive()).isTrue();
            byte[] message = new Ledger().message("one", 1_000, "x", "hello");
            assertThat(session.send("bob@example.net", List.of(Site.ALICE), message))
                    .startsWith("250");
        }
    }
}
