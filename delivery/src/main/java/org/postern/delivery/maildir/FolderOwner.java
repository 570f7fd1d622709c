// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks whose the folders of a mailbox are. Whoever may change one can put a symbolic link or a pipe in its place
/// while a mail is written, and so have the store write elsewhere, or wait; nothing that is looked at before helps.
final class FolderOwner {
    private static final Logger LOG = LoggerFactory.getLogger(FolderOwner.class);
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int ROOT = 0;
    private static final int OTHERS_WRITE = 0002;

    private final OptionalInt own;
    private final MaildirConfig.ForeignFolders policy;

    /// @param own the user whose folders these should be; empty where nobody knows who the store is
    FolderOwner(OptionalInt own, MaildirConfig.ForeignFolders policy) {
        this.own = own;
        this.policy = policy;
    }

    /// Who this process makes files as, where the system says so.
    static OptionalInt ofThisProcess() {
        try {
            return Files.readString(STATUS, StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> line.startsWith("Uid:"))
                    // Real, effective, saved, and the one that files get.
                    .mapToInt(line -> Integer.parseUnsignedInt(line.split("\\s+")[4]))
                    .findFirst();
        } catch (IOException | RuntimeException e) {
            LOG.warn("nobody can say who owns mailboxes: {} cannot be read", STATUS, e);
            return OptionalInt.empty();
        }
    }

    /// @throws IOException where nothing is to be written into such a folder
    void check(Path folder) throws IOException {
        Optional<String> trouble = trouble(folder);
        if (trouble.isEmpty()) {
            return;
        }
        switch (policy) {
            case REFUSE -> throw new IOException(trouble.get() + " (store.maildir.foreign-folders)");
            case WARN -> LOG.warn("{}", trouble.get());
        }
    }

    private Optional<String> trouble(Path folder) throws IOException {
        Map<String, Object> found = Files.readAttributes(folder, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        int uid = ((Number) found.getOrDefault("uid", ROOT)).intValue();
        int mode = ((Number) found.getOrDefault("mode", 0)).intValue();
        if ((mode & OTHERS_WRITE) != 0) {
            return Optional.of(folder + " may be written to by everybody: chmod o-w it");
        }
        if (own.isPresent() && uid != own.getAsInt() && uid != ROOT) {
            return Optional.of(folder + " belongs to user " + Integer.toUnsignedString(uid) + ", not to the store's, "
                    + Integer.toUnsignedString(own.getAsInt()) + ": chown it");
        }
        return Optional.empty();
    }
}
