// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program of docs/guides/embed.md, compiled and run.
class EmbedGuideTest {
    @TempDir
    private Path folder;

    @Test
    void programOfTheGuide_runsAServer() throws Exception {
        Path classes = GuideCode.compiled(folder, "Embedded", GuideCode.block("embed.md", "java"));
        Files.writeString(
                folder.resolve("accounts.yaml"),
                "domains: [example.org]\npostmaster: alice@example.org\naccounts: { alice@example.org: {} }\n");
        Path file = Files.writeString(folder.resolve("postern.yaml"), """
                hostname: localhost
                temp-folder: tmp
                directory: { file: accounts.yaml }
                farms: { mx: { listen: [{ address: 127.0.0.1, port: 25 }], filters: { rules: { weight: 1 } } } }
                store:
                  spool: { folder: spool }
                  maildir: { folder: mail }
                  quarantine: { folder: quarantine }
                  handoff: { listen: ["127.0.0.1:0"] }
                  qmqp: { listen: ["127.0.0.1:0"] }
                management: { listen: "127.0.0.1:0" }
                """);
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            loader.loadClass("Embedded").getMethod("main", String[].class).invoke(null, (Object)
                    new String[] {file.toString()});
        } finally {
            System.setOut(before);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).containsPattern("mx listens on /127\\.0\\.0\\.1:[1-9]");
    }
}
