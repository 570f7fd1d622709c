// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.postern.core.config.ConfigException;
import org.postern.core.handoff.HandoffId;

/// Reads a spool folder file by file, without a store. Nothing here changes a file; [SpoolRequeue] does.
public final class SpoolTool {
    /// Where files of mails are: waiting ones, and those that were set aside.
    static final List<String> ASIDE = List.of("torn", "corrupt", "failed");

    private final Path root;
    private final Disk disk = new RealDisk();

    /// @throws ConfigException where this is no spool
    public SpoolTool(Path root) {
        this.root = root;
        if (Files.isDirectory(root) && !Files.isExecutable(root)) {
            throw new ConfigException(root + " may not be read by " + System.getProperty("user.name")
                    + "; do this as the user that runs the store");
        }
        if (!Files.isRegularFile(root.resolve("VERSION"), LinkOption.NOFOLLOW_LINKS)) {
            throw new ConfigException(
                    root + " is not a spool, for it has no file VERSION; name the store's with --folder or --config");
        }
    }

    /// One file.
    ///
    /// @param place `m` for mail to be delivered, else the folder it was set aside in
    /// @param mail what its header says, where that can be read
    /// @param problem why it does not prove itself; empty where it does
    public record Item(String place, Path file, Optional<SpoolQueue.Entry> mail, String problem) {
        public String name() {
            return String.valueOf(file.getFileName());
        }
    }

    /// Whether a store works on this folder now.
    public boolean inUse() throws IOException {
        return SpoolLock.isTaken(root);
    }

    /// Shows every file.
    ///
    /// @param whole whether the octets of the mails are read and compared with their hash too
    public void each(boolean whole, Consumer<Item> to) throws IOException {
        for (int i = 0; i < SpoolFolder.folderCount(); i++) {
            each(SpoolFolder.mailFolder(root, i), "m", whole, to);
        }
        for (String place : ASIDE) {
            each(root.resolve(place), place, whole, to);
        }
    }

    private void each(Path folder, String place, boolean whole, Consumer<Item> to) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        for (Path file : files) {
            Item item = item(place, file, whole);
            // A running store deletes what it has delivered.
            if (item.problem().isEmpty() || Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                to.accept(item);
            }
        }
    }

    private Item item(String place, Path file, boolean whole) {
        try {
            if (!disk.isFile(file)) {
                return new Item(place, file, Optional.empty(), "it is not a regular file");
            }
            SpoolFile read = SpoolFile.read(disk, file);
            SpoolQueue.State state = read.held() ? SpoolQueue.State.HELD : SpoolQueue.State.WAITING;
            Optional<SpoolQueue.Entry> mail = Optional.of(read.entry(state, Instant.ofEpochMilli(read.nextMillis())));
            if (place.equals("m")
                    && !file.equals(SpoolFolder.mailFile(
                            root, read.header().submission().id()))) {
                return new Item(
                        place,
                        file,
                        mail,
                        "it holds the mail " + read.header().submission().id());
            }
            if (whole) {
                readToEnd(file, read);
            }
            return new Item(place, file, mail, "");
        } catch (IOException e) {
            return new Item(place, file, headerOnly(file), String.valueOf(e.getMessage()));
        }
    }

    private void readToEnd(Path file, SpoolFile read) throws IOException {
        try (InputStream body =
                new VerifyingInputStream(disk, file, read.header().length(), read.end())) {
            body.transferTo(OutputStream.nullOutputStream());
        }
    }

    private Optional<SpoolQueue.Entry> headerOnly(Path file) {
        try (DiskFile in = disk.read(file)) {
            MailHeader header = SpoolFile.readHeader(in);
            EndRecord none = new EndRecord(header.submission().bodyLength(), LogRecord.noHash(), header.crc());
            SpoolFile read = new SpoolFile(header, none, List.of(), 0);
            return Optional.of(
                    read.entry(SpoolQueue.State.WAITING, header.submission().received()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// The files of this name, a handoff id or what it became when it was set aside; or the one file of
    /// this path. Read to their ends, so that what is wrong with them is known.
    public List<Item> find(String name) throws IOException {
        if (name.indexOf('/') >= 0) {
            Path file = Path.of(name);
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new NoSuchFileException(name);
            }
            return List.of(item(placeOf(file), file, true));
        }
        List<Item> found = new ArrayList<>();
        waiting(name).ifPresent(found::add);
        for (String place : ASIDE) {
            Path file = root.resolve(place).resolve(name);
            if (disk.isFile(file)) {
                found.add(item(place, file, true));
            }
        }
        return found;
    }

    private Optional<Item> waiting(String name) {
        try {
            Path file = SpoolFolder.mailFile(root, HandoffId.parse(name));
            return disk.isFile(file) ? Optional.of(item("m", file, true)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String placeOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        String name = folder == null ? "" : String.valueOf(folder.getFileName());
        return ASIDE.contains(name) ? name : "m";
    }

    /// Writes the octets of a mail as they were accepted.
    ///
    /// @throws DamagedMailException at the end where they are not those that were accepted
    public void cat(Item item, OutputStream out) throws IOException {
        SpoolFile read = SpoolFile.read(disk, item.file());
        try (InputStream body =
                new VerifyingInputStream(disk, item.file(), read.header().length(), read.end())) {
            body.transferTo(out);
        }
    }

    /// Writes what is left of a mail that does not prove itself: the octets behind its header, as many as
    /// there are and should be.
    ///
    /// @return how many
    public long salvage(Item item, OutputStream out) throws IOException {
        try (DiskFile in = disk.read(item.file())) {
            long from = 0;
            long left = in.length();
            try {
                MailHeader header = SpoolFile.readHeader(in);
                from = header.length();
                left = Math.min(header.submission().bodyLength(), in.length() - from);
            } catch (DamagedMailException | SpoolFile.TornException e) {
                // Without a header nobody knows where the message begins: all of it, for a person to look at.
            }
            in.seek(from);
            long written = 0;
            byte[] block = new byte[64 * 1024];
            while (left > 0) {
                int n = in.read(block, 0, (int) Math.min(block.length, left));
                if (n < 0) {
                    break;
                }
                out.write(block, 0, n);
                written += n;
                left -= n;
            }
            return written;
        }
    }

    /// How many damaged records the memory of handoffs has.
    public long damagedRecords() throws IOException {
        try (DirectorySync none = new DirectorySync(1)) {
            return new DedupLog(disk, root.resolve("dedup"), Instant::now, none).replay(record -> {});
        }
    }
}
