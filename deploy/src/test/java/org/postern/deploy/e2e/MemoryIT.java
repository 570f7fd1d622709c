// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Fault F10: front and store run out of memory under load. A process that lost a thread to it would look
/// alive, so it must end, at once, and what was promised must hold as after any other end.
class MemoryIT {
    private static final int MAILS = 120;
    private static final int SENDERS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /// What ExitOnOutOfMemoryError ends a Java process with.
    private static final int OUT_OF_MEMORY = 3;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final Ledger ledger = new Ledger();

    /// An agent that eats the heap of a server when a file appears.
    private Path agent() throws IOException {
        Path jar = folder.resolve("hog.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", HeapHog.class.getName());
        String name = HeapHog.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                InputStream code =
                        Objects.requireNonNull(HeapHog.class.getClassLoader().getResourceAsStream(name))) {
            out.putNextEntry(new JarEntry(name));
            code.transferTo(out);
        }
        return jar;
    }

    private static void exhaust(PosternProcess process, Path trigger) throws IOException, InterruptedException {
        Files.createFile(trigger);
        assertThat(process.exitCode(Duration.ofSeconds(30))).isEqualTo(OUT_OF_MEMORY);
    }

    @Test
    void outOfMemory_underLoad_endsTheProcess_andEveryMailIsThereOnce() throws Exception {
        Site site = Site.init(folder.resolve("site"));
        Path jar = agent();
        Path storeTrigger = folder.resolve("store-hungry");
        Path frontTrigger = folder.resolve("front-hungry");
        String[] storeWords = site.arguments(List.of("store"));
        String[] frontWords = site.arguments(
                List.of("front", "--farm", "mx"), "management.listen=127.0.0.1:0", "farms.mx.deadline=15s");
        Instant end = Instant.now().plus(PATIENCE);
        PosternProcess store = PosternProcess.serveWith(
                "-Xmx512m -javaagent:" + jar + "=" + storeTrigger, site.log("store"), storeWords);
        PosternProcess front = PosternProcess.serveWith(
                "-Xmx512m -javaagent:" + jar + "=" + frontTrigger, site.log("front"), frontWords);
        // 200 KB each: mails are under way when the memory ends.
        try (Load load = new Load(
                site.mxAddress(),
                List.of(Site.ALICE),
                ledger,
                end,
                SENDERS,
                MAILS,
                (id, number) -> ledger.message(id, 200_000, "mail " + number, "Lunch?"))) {
            load.awaitSettled(MAILS / 4);
            exhaust(store, storeTrigger);
            store = PosternProcess.serve(site.log("store"), storeWords);
            load.awaitSettled(MAILS / 2);
            exhaust(front, frontTrigger);
            front = PosternProcess.serve(site.log("front"), frontWords);
            load.await();
            site.awaitDelivered(ledger.acknowledged(), end);
            assertThat(load.unanswered() + load.deferred())
                    .as("it must have hurt somebody")
                    .isPositive();
        } finally {
            front.close();
            store.close();
        }
        assertThat(ledger.acknowledged()).isEqualTo(MAILS);
        ledger.assertKept(site.delivered());
    }
}
