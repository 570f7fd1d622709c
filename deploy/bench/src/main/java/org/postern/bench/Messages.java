// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/// Makes messages of one size, no two of which are the same: neither as a whole nor in their body, so that no cache of
/// a scanner or of a store has seen one before.
///
/// Thread-safe.
final class Messages {
    private static final int LINE = 76;
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz";

    private final int size;
    private final byte[] filling;
    private final String run;
    private final AtomicLong counter = new AtomicLong();

    Messages(int size, long seed) {
        Random random = new Random(seed);
        this.size = size;
        this.run = HexFormat.of().toHexDigits(random.nextLong());
        this.filling = filling(size, random);
    }

    /// The next message, exactly as many bytes as asked for, with CRLF line ends and no line that starts with a dot.
    byte[] next() {
        long number = counter.incrementAndGet();
        String id = run + "." + number;
        // A second, different number in the body: a scanner that looks at the body alone must not know it either.
        String head = "From: <load@example.org>\r\nTo: <anna@example.org>\r\nSubject: mail " + number
                + "\r\nDate: Thu, 01 Jan 2026 12:00:00 +0000\r\nMessage-ID: <" + id + "@bench.example.org>\r\n"
                + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
                + "unique " + id + "\r\n";
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        byte[] message = new byte[size];
        System.arraycopy(start, 0, message, 0, start.length);
        int rest = size - start.length;
        System.arraycopy(filling, filling.length - rest, message, start.length, rest);
        if (rest > 0 && message[start.length] == '\n') {
            message[start.length] = 'x';
        }
        return message;
    }

    private static byte[] filling(int size, Random random) {
        byte[] bytes = new byte[size];
        // From the end, as every message takes the end of it: the last line is a whole one.
        for (int i = size - 1, column = 0; i >= 0; i--, column = (column + 1) % (LINE + 2)) {
            bytes[i] = switch (column) {
                case 0 -> '\n';
                case 1 -> '\r';
                // Words, as text has them: a body that looks like base64 is a case of its own, scanned in both
                // readings.
                case 8, 16, 24, 32, 40, 48, 56, 64 -> ' ';
                default -> (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
            };
        }
        return bytes;
    }
}
