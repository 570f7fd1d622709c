// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageContentBuilder;
import org.postern.core.mail.MessageHeader;

/// A message in a file: as it came over SMTP, or as a mailbox keeps it, with lines that end in LF and
/// perhaps an mbox's first line.
final class MessageFile {
    private static final ByteSize MEMORY_MAX = ByteSize.ofMiB(1);
    private static final Pattern DATE =
            Pattern.compile("(\\d{1,2} [A-Za-z]{3} \\d{4} \\d{2}:\\d{2}(?::\\d{2})?) ([+-]\\d{4}|GMT|UT|UTC)");

    private MessageFile() {}

    /// Reads a file into content that has the line ends of SMTP. An LF alone is taken for a line end only
    /// where the first line has one.
    static MessageContent content(Path file, Path temp) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 64 * 1024);
                MessageContentBuilder builder = new MessageContentBuilder(MEMORY_MAX, temp)) {
            in.mark(64 * 1024);
            byte[] start = in.readNBytes(32 * 1024);
            in.reset();
            int firstEnd = new String(start, StandardCharsets.ISO_8859_1).indexOf('\n');
            boolean addCr = firstEnd == 0 || (firstEnd > 0 && start[firstEnd - 1] != '\r');
            if (new String(start, StandardCharsets.ISO_8859_1).startsWith("From ") && firstEnd > 0) {
                in.skipNBytes(firstEnd + 1L);
            }
            copy(in, builder, addCr);
            return builder.build();
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be read: " + e);
        }
    }

    private static void copy(InputStream in, MessageContentBuilder builder, boolean addCr) throws IOException {
        byte[] block = new byte[32 * 1024];
        byte[] out = new byte[2 * block.length];
        int before = 0;
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            int length = 0;
            for (int i = 0; i < n; i++) {
                if (addCr && block[i] == '\n' && before != '\r') {
                    out[length++] = '\r';
                }
                before = block[i];
                out[length++] = block[i];
            }
            builder.write(out, 0, length);
        }
    }

    /// When the message was received, as far as its topmost Received or its Date field says; otherwise now.
    /// Engines judge a mail of last year as one that came last year.
    static Instant received(MessageHeader header) {
        return field(header, "Received")
                .map(value -> value.substring(value.lastIndexOf(';') + 1))
                .flatMap(MessageFile::date)
                .or(() -> field(header, "Date").flatMap(MessageFile::date))
                .filter(date -> date.isBefore(Instant.now()))
                .orElseGet(Instant::now);
    }

    /// The sender a mailbox has kept in the Return-Path field.
    static Optional<String> returnPath(MessageHeader header) {
        return field(header, "Return-Path").map(value -> value.strip().replaceAll("^<|>$", ""));
    }

    private static Optional<String> field(MessageHeader header, String name) {
        return header.fields().stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(field -> field.value().replaceAll("\\s+", " "))
                .findFirst();
    }

    /// RFC 5322 section 3.3, as far as it is common.
    private static Optional<Instant> date(String text) {
        Matcher matcher = DATE.matcher(text);
        if (!matcher.find()) {
            return Optional.empty();
        }
        String time = matcher.group(1).matches(".*:\\d{2}:\\d{2}") ? matcher.group(1) : matcher.group(1) + ":00";
        String zone = matcher.group(2).startsWith("U") ? "GMT" : matcher.group(2);
        try {
            return Optional.of(ZonedDateTime.parse(time + " " + zone, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
