// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.qmqp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.Recipient;

/// A mail in the form QMQP sends it: a netstring of netstrings.
///
/// @param content the message
/// @param lf whether CRLF becomes LF
record QmqpMessage(MessageContent content, boolean lf) {
    /// Writes the mail.
    ///
    /// @param beforeLast runs before the octets that may make the mail complete leave
    void writeTo(Envelope envelope, OutputStream out, Runnable beforeLast) throws IOException {
        byte[] sender = netstring(envelope.reversePath().toString());
        long length = contentLength();
        byte[] head = (length + ":").getBytes(StandardCharsets.US_ASCII);
        long total = head.length + length + 1 + sender.length;
        for (Recipient recipient : envelope.recipients()) {
            total += netstring(recipient.path().toString()).length;
        }
        out.write((total + ":").getBytes(StandardCharsets.US_ASCII));
        out.write(head);
        writeContent(out);
        out.write(',');
        out.write(sender);
        for (Recipient recipient : envelope.recipients()) {
            out.write(netstring(recipient.path().toString()));
        }
        beforeLast.run();
        out.write(',');
    }

    private static byte[] netstring(String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        byte[] head = (octets.length + ":").getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[head.length + octets.length + 1];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(octets, 0, all, head.length, octets.length);
        all[all.length - 1] = ',';
        return all;
    }

    private long contentLength() throws IOException {
        if (!lf) {
            return content.size();
        }
        long[] count = new long[1];
        convert((block, length) -> count[0] += length);
        return count[0];
    }

    private void writeContent(OutputStream out) throws IOException {
        if (lf) {
            convert((block, length) -> out.write(block, 0, length));
        } else {
            content.writeTo(out);
        }
    }

    /// Takes converted octets.
    private interface Block {
        void take(byte[] octets, int length) throws IOException;
    }

    /// Turns CRLF into LF; a lone CR stays.
    private void convert(Block to) throws IOException {
        byte[] source = new byte[32 * 1024];
        byte[] target = new byte[source.length + 1];
        boolean heldCr = false;
        try (InputStream in = content.newInputStream()) {
            for (int n = in.read(source); n >= 0; n = in.read(source)) {
                int used = 0;
                for (int i = 0; i < n; i++) {
                    if (heldCr && source[i] != '\n') {
                        target[used++] = '\r';
                    }
                    heldCr = source[i] == '\r';
                    if (!heldCr) {
                        target[used++] = source[i];
                    }
                }
                to.take(target, used);
            }
        }
        if (heldCr) {
            target[0] = '\r';
            to.take(target, 1);
        }
    }
}
