// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import org.postern.core.config.ConfigException;
import org.postern.core.handoff.HandoffId;

/// The spool folder: its layout, and that it is ours alone for as long as this is open.
final class SpoolFolder implements AutoCloseable {
    /// So many characters of an id stay the same for 1,024 ms.
    private static final int SECOND = 8;
    private static final String VERSION = "postern-spool 2\n";
    private static final int FOLDERS = 256;

    private final Path root;
    private final Disk disk;
    private final Closeable lock;

    private SpoolFolder(Path root, Disk disk, Closeable lock) {
        this.root = root;
        this.disk = disk;
        this.lock = lock;
    }

    /// Opens the folder, makes it where it is missing, and locks it.
    ///
    /// @throws ConfigException with one line that says what to do
    static SpoolFolder open(Path root, Disk disk, DirectorySync directories) {
        try {
            Closeable lock = disk.claim(root);
            try {
                SpoolFolder folder = new SpoolFolder(root, disk, lock);
                folder.layOut(directories);
                return folder;
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new ConfigException("the spool folder " + root + " cannot be used (" + reason(e)
                    + "); it must exist on a writable disk or be makeable, and belong to the user the store runs as");
        }
    }

    private static String reason(IOException e) {
        String name = e.getClass().getSimpleName().replace("Exception", "");
        return e instanceof java.nio.file.FileSystemException f && f.getReason() != null
                ? f.getReason()
                : name + (e.getMessage() == null ? "" : ": " + e.getMessage());
    }

    private void layOut(DirectorySync directories) throws IOException {
        for (String name : List.of("m", "dedup", "torn", "corrupt", "failed", "tmp")) {
            disk.makeFolder(root.resolve(name));
        }
        for (int i = 0; i < FOLDERS; i++) {
            disk.makeFolder(mailFolder(i));
        }
        for (Path left : files(temp())) {
            boolean _ = disk.delete(left);
        }
        Path version = root.resolve("VERSION");
        if (!disk.exists(version)) {
            Path fresh = root.resolve("VERSION.new");
            boolean _ = disk.delete(fresh);
            try (DiskFile file = disk.create(fresh)) {
                file.write(VERSION.getBytes(StandardCharsets.US_ASCII), 0, VERSION.length());
                file.sync();
            }
            disk.move(fresh, version);
            directories.syncOnce(root.resolve("m"));
            directories.syncOnce(root);
        }
        byte[] found = new byte[VERSION.length() + 1];
        int n;
        try (DiskFile file = disk.read(version)) {
            n = Math.max(0, file.read(found, 0, found.length));
        }
        if (!new String(found, 0, n, StandardCharsets.US_ASCII).equals(VERSION)) {
            throw new ConfigException("the spool " + root + " has another format (" + version
                    + "); run the version of Postern that wrote it");
        }
    }

    static int folderCount() {
        return FOLDERS;
    }

    Disk disk() {
        return disk;
    }

    Path root() {
        return root;
    }

    Path mailFolder(int number) {
        return mailFolder(root, number);
    }

    static Path mailFolder(Path root, int number) {
        return root.resolve("m").resolve(HexFormat.of().toHexDigits((byte) number));
    }

    /// Where the file of a mail is. Ids of one second share a folder, so that many mails share one sync
    /// of it; ids of a day spread over all folders.
    Path mailFile(HandoffId id) {
        return mailFile(root, id);
    }

    static Path mailFile(Path root, HandoffId id) {
        return mailFolder(root, id.transaction().text().substring(0, SECOND).hashCode() & 0xff)
                .resolve(id.toString());
    }

    Path dedup() {
        return root.resolve("dedup");
    }

    Path temp() {
        return root.resolve("tmp");
    }

    /// Moves a file out of the way, into `torn`, `corrupt` or `failed`; never over another one.
    Path setAside(Path file, String where) throws IOException {
        Path folder = root.resolve(where);
        Path target = folder.resolve(file.getFileName());
        for (int i = 1; disk.exists(target); i++) {
            target = folder.resolve(file.getFileName() + "." + i);
        }
        disk.move(file, target);
        return target;
    }

    long count(String where) throws IOException {
        return files(root.resolve(where)).size();
    }

    /// How many files of mails there are, without a look into them.
    long mails() throws IOException {
        long[] count = new long[1];
        for (int i = 0; i < FOLDERS; i++) {
            disk.each(mailFolder(i), file -> {
                count[0]++;
                return true;
            });
        }
        return count[0];
    }

    private List<Path> files(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        disk.each(folder, files::add);
        return files;
    }

    /// What may still be written.
    IntakeGate.FreeSpace space() {
        return new IntakeGate.FreeSpace() {
            @Override
            public long bytes() throws IOException {
                return disk.freeSpace(root);
            }

            @Override
            public boolean readOnly() throws IOException {
                return disk.isReadOnly(root);
            }

            @Override
            public OptionalLong files() throws IOException {
                return disk.freeFiles(root);
            }
        };
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
