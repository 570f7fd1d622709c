// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.postern.scanworkers.TestPatterns;

/// What clamd is shown to prove that it works.
final class Sample {
    private static final byte[] LINE =
            "Postern measures up to which size this scanner looks at mails. \r\n".getBytes(StandardCharsets.US_ASCII);

    private Sample() {}

    /// The EICAR test file.
    static InputStream virus() {
        return new ByteArrayInputStream(TestPatterns.eicar().getBytes(StandardCharsets.US_ASCII));
    }

    /// Nothing bad.
    static InputStream clean() {
        return new ByteArrayInputStream(
                "Postern asks whether this scanner lets good mail pass.\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /// A mail of at least `size` octets with the EICAR test file attached behind a long text.
    static InputStream virusMail(long size) {
        String head = """
                From: postern@localhost\r
                To: postern@localhost\r
                Subject: calibration\r
                MIME-Version: 1.0\r
                Content-Type: multipart/mixed; boundary="calibration"\r
                \r
                --calibration\r
                Content-Type: text/plain\r
                \r
                """;
        String tail = "\r\n--calibration\r\nContent-Type: application/octet-stream\r\n"
                + "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"test.bin\"\r\n\r\n"
                + Base64.getMimeEncoder().encodeToString(TestPatterns.eicar().getBytes(StandardCharsets.US_ASCII))
                + "\r\n--calibration--\r\n";
        long padding = Math.max(0, size - head.length() - tail.length());
        return new SequenceInputStream(
                Collections.enumeration(List.of(ascii(head), new Repeated(padding), ascii(tail))));
    }

    private static InputStream ascii(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// The same line again and again, up to a length.
    private static final class Repeated extends InputStream {
        private final long length;
        private long position;

        Repeated(long length) {
            this.length = length;
        }

        @Override
        public int read() {
            return position < length ? LINE[(int) (position++ % LINE.length)] : -1;
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            if (position >= length) {
                return count == 0 ? 0 : -1;
            }
            int n = (int) Math.min(count, length - position);
            for (int i = 0; i < n; i++) {
                target[offset + i] = LINE[(int) (position++ % LINE.length)];
            }
            return n;
        }
    }
}
