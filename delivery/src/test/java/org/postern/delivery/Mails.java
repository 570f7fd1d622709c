// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;

/// Makes mails for tests and looks for them afterwards.
public final class Mails {
    private Mails() {}

    public static HandoffId newId() {
        return new HandoffId("mx1", TransactionId.create(System.currentTimeMillis()));
    }

    public static Envelope to(String... recipients) {
        return Envelope.of(
                ReversePath.parse("sender@example.com"),
                Arrays.stream(recipients).map(ForwardPath::parse).toList());
    }

    public static Envelope envelope(String sender, String... recipients) {
        return Envelope.of(
                ReversePath.parse(sender),
                Arrays.stream(recipients).map(ForwardPath::parse).toList());
    }

    public static Handoff handoff(String text, String... recipients) {
        return handoff(newId(), text, recipients);
    }

    public static Handoff handoff(HandoffId id, String text, String... recipients) {
        return handoff(id, text.getBytes(StandardCharsets.UTF_8), Disposition.DELIVER, recipients);
    }

    public static Handoff handoff(HandoffId id, byte[] octets, Disposition disposition, String... recipients) {
        Envelope envelope = to(recipients);
        byte[] sha = sha256(octets);
        return new Handoff(id, DedupKey.of(envelope, sha), envelope, MessageContent.of(octets), disposition);
    }

    public static byte[] sha256(byte[] octets) {
        try {
            return java.security.MessageDigest.getInstance("SHA-256").digest(octets);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    public static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    /// The files in new/ of a mailbox.
    public static List<Path> in(Path mailFolder, String localPart) {
        return files(mailFolder.resolve("example.org").resolve(localPart).resolve("new"));
    }

    public static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.sorted().toList());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Waits until something holds, at most half a minute.
    public static void eventually(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it did not happen within 30 s");
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
