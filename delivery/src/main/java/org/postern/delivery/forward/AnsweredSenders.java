// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.forward;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.mail.MailAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whom accounts answered within a week, of the last 100,000, over restarts: a line each in a file, the second and a
/// hash of account and sender, so that it does not say who writes to whom.
///
/// It is a memory, not a promise: what cannot be written or read means that a sender may be told once more. Many
/// threads use it; its own lock guards the file.
final class AnsweredSenders {
    private static final Logger LOG = LoggerFactory.getLogger(AnsweredSenders.class);
    private static final Duration ONCE_IN = Duration.ofDays(7);
    private static final int MOST = 100_000;
    private static final Pattern LINE = Pattern.compile("(\\d{1,12}) ([0-9a-f]{64})");

    private final Path file;
    private final InstantSource clock;
    /// When each was answered, in seconds.
    private final Cache<String, Long> answered;

    private int lines;

    /// @param file made when somebody is answered; its folder is there
    AnsweredSenders(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
        this.answered = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfter(Expiry.<String, Long>creating((pair, second) -> leftOf(second)))
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .executor(Runnable::run)
                .build();
        load();
    }

    private Duration leftOf(long second) {
        return Duration.between(clock.instant(), Instant.ofEpochSecond(second).plus(ONCE_IN));
    }

    private synchronized void load() {
        if (!Files.exists(file)) {
            return;
        }
        try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines++;
                Matcher parts = LINE.matcher(line);
                // Anything else is what a crash left of a line.
                if (parts.matches() && leftOf(Long.parseLong(parts.group(1))).isPositive()) {
                    answered.put(parts.group(2), Long.parseLong(parts.group(1)));
                }
            }
        } catch (IOException e) {
            LOG.warn("{} cannot be read; some senders may be answered once more", file, e);
        }
        shorten();
    }

    /// Whether the sender is to be answered; nobody else is told so until [#leave] or the end of the week.
    boolean enter(MailAddress account, MailAddress sender) {
        return answered.asMap()
                        .putIfAbsent(pair(account, sender), clock.instant().getEpochSecond())
                == null;
    }

    /// He was not answered after all.
    void leave(MailAddress account, MailAddress sender) {
        answered.invalidate(pair(account, sender));
    }

    /// He was answered.
    synchronized void keep(MailAddress account, MailAddress sender) {
        // A file stream: an interrupt does not close it.
        try (OutputStream out = new FileOutputStream(file.toFile(), true)) {
            out.write(line(clock.instant().getEpochSecond(), pair(account, sender)));
            lines++;
        } catch (IOException e) {
            LOG.warn("{} cannot be written; after a restart some senders may be answered once more", file, e);
        }
        shorten();
    }

    /// Writes the file again where more than half of it says nothing any more.
    private void shorten() {
        answered.cleanUp();
        if (lines <= 1000 + 2 * answered.estimatedSize()) {
            return;
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (OutputStream out = Files.newOutputStream(fresh)) {
            int[] written = new int[1];
            for (var each : answered.asMap().entrySet()) {
                out.write(line(each.getValue(), each.getKey()));
                written[0]++;
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            lines = written[0];
        } catch (IOException e) {
            LOG.warn("{} cannot be made shorter", file, e);
        }
    }

    private static byte[] line(long second, String pair) {
        return (second + " " + pair + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static String pair(MailAddress account, MailAddress sender) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest((account.foldedCase() + "\n" + sender.foldedCase())
                                    .getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
