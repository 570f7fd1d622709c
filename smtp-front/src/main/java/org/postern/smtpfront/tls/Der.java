// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/// Writes the few ASN.1 forms a certificate needs. ITU-T X.690.
final class Der {
    private Der() {}

    static byte[] of(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            byte[] length = BigInteger.valueOf(content.length).toByteArray();
            int skip = length[0] == 0 ? 1 : 0;
            out.write(0x80 | (length.length - skip));
            out.write(length, skip, length.length - skip);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        return of(0x30, content.toByteArray());
    }

    static byte[] tagged(int number, byte[] content) {
        return of(0xa0 | number, content);
    }

    static byte[] integer(BigInteger value) {
        return of(0x02, value.toByteArray());
    }

    static byte[] objectIdentifier(byte[] content) {
        return of(0x06, content);
    }

    static byte[] bitString(byte[] content) {
        byte[] padded = new byte[content.length + 1];
        System.arraycopy(content, 0, padded, 1, content.length);
        return of(0x03, padded);
    }
}
