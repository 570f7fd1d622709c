// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.directory.AccountLimits;

/// The quota of one Maildir, kept in its file `maildirsize` as Maildir++ defines it, so that other programs see and
/// write the same: the quota in the first line, then a line of octets and messages for every change.
///
/// Mail in the Trash folder and mail marked as deleted does not count. The sum is a little off after a crash; it is
/// counted anew when it says that the quota is exceeded and may be wrong.
final class MaildirQuota {
    private static final String NAME = "maildirsize";
    /// Maildir++: a longer file is made anew.
    private static final long FILE_MAX = 5120;
    private static final Duration BELIEVED = Duration.ofMinutes(15);
    private static final Pattern LINE = Pattern.compile(" *(-?[0-9]{1,18}) +(-?[0-9]{1,9}) *");
    private static final Pattern SIZE_IN_NAME = Pattern.compile(",S=([0-9]{1,18})(?:[,:]|$)");
    private static final Pattern DELETED = Pattern.compile(":2,[A-Za-z]*T[A-Za-z]*$");

    private final Path maildir;
    private final AccountLimits limits;
    private final InstantSource clock;

    MaildirQuota(Path maildir, AccountLimits limits, InstantSource clock) {
        this.maildir = maildir;
        this.limits = limits;
        this.clock = clock;
    }

    static boolean concerns(AccountLimits limits) {
        return limits.mailboxSize().isPresent() || limits.mailboxMessages().isPresent();
    }

    /// What a mailbox holds.
    private record Sum(long octets, long messages) {
        Sum plus(long moreOctets, long moreMessages) {
            return new Sum(octets + moreOctets, messages + moreMessages);
        }
    }

    /// What the file says.
    ///
    /// @param fresh whether nothing was added since it was counted, a short time ago
    private record Known(Sum sum, boolean fresh) {}

    /// Whether a message of this size may still come in.
    boolean hasRoomFor(long octets) throws IOException {
        Optional<Known> known = read();
        Sum sum = known.isPresent() ? known.get().sum() : count();
        if (fits(sum.plus(octets, 1))) {
            return true;
        }
        // Whoever deleted mail with another program may not have said so.
        return known.isPresent() && !known.get().fresh() && fits(count().plus(octets, 1));
    }

    private boolean fits(Sum sum) {
        return limits.mailboxSize().map(max -> sum.octets() <= max.bytes()).orElse(true)
                && (limits.mailboxMessages().isEmpty()
                        || sum.messages() <= limits.mailboxMessages().getAsLong());
    }

    /// The first line: `1000S,20C`.
    private String written() {
        StringBuilder text = new StringBuilder();
        limits.mailboxSize().ifPresent(max -> text.append(max.bytes()).append('S'));
        limits.mailboxMessages()
                .ifPresent(max ->
                        text.append(text.isEmpty() ? "" : ",").append(max).append('C'));
        return text.toString();
    }

    /// What the file says; empty where it is missing, is for another quota, is long, or is not what it should be.
    private Optional<Known> read() throws IOException {
        Path file = maildir.resolve(NAME);
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile() || attributes.size() > FILE_MAX) {
                return Optional.empty();
            }
            List<String> lines =
                    Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList();
            if (lines.size() < 2 || !lines.getFirst().strip().equals(written())) {
                return Optional.empty();
            }
            Sum sum = new Sum(0, 0);
            for (String line : lines.subList(1, lines.size())) {
                Matcher numbers = LINE.matcher(line);
                if (!numbers.matches()) {
                    return Optional.empty();
                }
                sum = sum.plus(Long.parseLong(numbers.group(1)), Long.parseLong(numbers.group(2)));
            }
            Instant old = clock.instant().minus(BELIEVED);
            boolean fresh = lines.size() == 2
                    && attributes.lastModifiedTime().toInstant().isAfter(old);
            return sum.octets() < 0 || sum.messages() < 0 ? Optional.empty() : Optional.of(new Known(sum, fresh));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /// Counts the mailbox and all its folders, and writes the file anew.
    private Sum count() throws IOException {
        Sum sum = countFolder(maildir, new Sum(0, 0));
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(maildir, ".*")) {
            for (Path folder : folders) {
                String name = String.valueOf(folder.getFileName());
                boolean trash = name.equals(".Trash") || name.startsWith(".Trash.");
                if (!trash && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                    sum = countFolder(folder, sum);
                }
            }
        }
        Path fresh = maildir.resolve("tmp")
                .resolve(NAME + "." + ProcessHandle.current().pid() + "." + System.nanoTime());
        try {
            try (FileChannel file = FileChannel.open(fresh, Maildir.NEW_FILE, Maildir.PRIVATE_FILE);
                    OutputStream out = Channels.newOutputStream(file)) {
                out.write((written() + "\n" + line(sum.octets(), sum.messages())).getBytes(StandardCharsets.US_ASCII));
            }
            Files.move(fresh, maildir.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            boolean _ = Files.deleteIfExists(fresh);
        }
        return sum;
    }

    private static Sum countFolder(Path folder, Sum before) throws IOException {
        Sum sum = before;
        for (String part : List.of("new", "cur")) {
            Path messages = folder.resolve(part);
            if (!Files.isDirectory(messages, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(messages)) {
                for (Path file : files) {
                    String name = String.valueOf(file.getFileName());
                    if (!name.startsWith(".") && !DELETED.matcher(name).find()) {
                        sum = sum.plus(size(file, name), 1);
                    }
                }
            }
        }
        return sum;
    }

    private static long size(Path file, String name) throws IOException {
        Matcher known = SIZE_IN_NAME.matcher(name);
        if (known.find()) {
            return Long.parseLong(known.group(1));
        }
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .size();
        } catch (NoSuchFileException e) {
            // Moved or deleted meanwhile.
            return 0;
        }
    }

    /// A message was delivered.
    void added(long octets) throws IOException {
        Path file = maildir.resolve(NAME);
        try {
            // One write to the end of the file: others add to it at the same time.
            Files.write(
                    file,
                    line(octets, 1).getBytes(StandardCharsets.US_ASCII),
                    Set.of(StandardOpenOption.WRITE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS)
                            .toArray(java.nio.file.OpenOption[]::new));
        } catch (NoSuchFileException e) {
            Sum _ = count();
        }
    }

    private static String line(long octets, long messages) {
        return octets + " " + messages + "\n";
    }
}
