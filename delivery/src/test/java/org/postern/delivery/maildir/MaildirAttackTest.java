// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.delivery.LogLines;

/// What somebody tries who may change the folders of a mailbox.
@Timeout(60)
class MaildirAttackTest {
    private static final int LINKS = 20_000;
    private static final int NOBODY = 65534;
    private static final byte[] MAIL = "Subject: x\r\n\r\nx\r\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    private Maildir mailbox(MaildirConfig.ForeignFolders policy) {
        OptionalInt own = FolderOwner.ofThisProcess();
        assertThat(own).isPresent();
        return new Maildir(
                folder,
                "example.org/alice",
                new FolderOwner(own, policy),
                _ -> {},
                Caffeine.newBuilder().build());
    }

    private Path box() {
        return folder.resolve("example.org/alice");
    }

    @Test
    void linkThatAppearsUnderTheNameOfAMail_isNeverWrittenTo() throws Exception {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Maildir maildir = mailbox(MaildirConfig.ForeignFolders.REFUSE);
        maildir.make();
        Path target = box().resolve("tmp/name");
        Path links = Files.createDirectory(folder.resolve("links"));
        for (int i = 0; i < LINKS; i++) {
            Path _ = Files.createSymbolicLink(links.resolve("" + i), victim);
        }
        Thread attacker = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < LINKS; i++) {
                try {
                    // One call, which takes the place of whatever is there.
                    Path _ = Files.move(links.resolve("" + i), target, StandardCopyOption.ATOMIC_MOVE);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        while (attacker.isAlive()) {
            try {
                long _ = maildir.deliver("name", out -> out.write(MAIL));
            } catch (IOException e) {
                // To be tried again.
            }
        }
        attacker.join();
        assertThat(victim).hasContent("precious");
    }

    @Test
    void folderOfSomebodyElse_isRefusedWithWhatToDo_andUsedOnceItIsOurs() throws IOException {
        Maildir maildir = mailbox(MaildirConfig.ForeignFolders.REFUSE);
        maildir.make();
        for (String part : new String[] {"", "tmp", "new", "cur"}) {
            Path foreign = box().resolve(part);
            int before = (int) Files.getAttribute(foreign, "unix:uid");
            Files.setAttribute(foreign, "unix:uid", NOBODY);
            assertThatThrownBy(
                            () -> mailbox(MaildirConfig.ForeignFolders.REFUSE).make())
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(foreign.toString())
                    .hasMessageContaining("belongs to user 65534, not to the store's")
                    .hasMessageContaining("chown it");
            Files.setAttribute(foreign, "unix:uid", before);
            mailbox(MaildirConfig.ForeignFolders.REFUSE).make();
        }
    }

    @Test
    void folderThatEverybodyMayWriteTo_isRefused_orWarnedOfWhereThatIsSet() throws IOException {
        mailbox(MaildirConfig.ForeignFolders.REFUSE).make();
        Files.setPosixFilePermissions(box().resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> mailbox(MaildirConfig.ForeignFolders.REFUSE).make())
                .hasMessageContaining("tmp may be written to by everybody: chmod o-w it");
        try (LogLines log = LogLines.of(FolderOwner.class)) {
            Maildir warned = mailbox(MaildirConfig.ForeignFolders.WARN);
            warned.make();
            warned.make();
            assertThat(log.lines())
                    .singleElement()
                    .satisfies(line -> assertThat(line).startsWith("WARN ").contains("tmp may be written to"));
        }
    }
}
