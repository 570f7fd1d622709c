// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.io.IOException;
import java.io.OutputStream;

/// The one place that turns a message into what follows DATA: every line ends in CRLF and nothing else
/// does, a line that begins with a dot gets another one. RFC 5321 sections 2.3.8 and 4.5.2.
///
/// A LF on its own becomes CRLF, a CR on its own a blank, as Postfix does: such octets come over QMQP only,
/// and no two servers agree on what they mean, which is what smuggling is made of. One thread uses it.
final class DataOctets {
    private final OutputStream out;
    private boolean lineStart = true;
    private boolean heldCr;

    DataOctets(OutputStream out) {
        this.out = out;
    }

    void write(byte[] octets, int offset, int length) throws IOException {
        byte[] target = new byte[2 * length + 3];
        int at = 0;
        for (int i = offset; i < offset + length; i++) {
            byte octet = octets[i];
            if (heldCr) {
                heldCr = false;
                if (octet == '\n') {
                    at = lineEnd(target, at);
                    continue;
                }
                target[at++] = ' ';
                lineStart = false;
            }
            switch (octet) {
                case '\r' -> heldCr = true;
                case '\n' -> at = lineEnd(target, at);
                default -> {
                    if (lineStart && octet == '.') {
                        target[at++] = '.';
                    }
                    target[at++] = octet;
                    lineStart = false;
                }
            }
        }
        out.write(target, 0, at);
    }

    private int lineEnd(byte[] target, int at) {
        target[at] = '\r';
        target[at + 1] = '\n';
        lineStart = true;
        return at + 2;
    }

    /// Ends the last line where it has no end, and the message.
    void end() throws IOException {
        if (heldCr) {
            out.write(' ');
            lineStart = false;
        }
        out.write((lineStart ? ".\r\n" : "\r\n.\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
}
