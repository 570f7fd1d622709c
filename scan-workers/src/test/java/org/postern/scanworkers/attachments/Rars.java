// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// RAR archives with one file, by the published description of the format: no free program writes them.
final class Rars {
    private Rars() {}

    static byte[] four(String name, int method, int flags, byte[] data) {
        byte[] octets = name.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer out = ByteBuffer.allocate(7 + 13 + 32 + octets.length + data.length + 7)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.put("Rar!\u001a\7\0".getBytes(StandardCharsets.ISO_8859_1));
        out.putShort((short) 0)
                .put((byte) 0x73)
                .putShort((short) 0)
                .putShort((short) 13)
                .put(new byte[6]);
        out.putShort((short) 0)
                .put((byte) 0x74)
                .putShort((short) (0x8000 | flags))
                .putShort((short) (32 + octets.length))
                .putInt(data.length)
                .putInt(data.length)
                .put((byte) 2)
                .putInt(0)
                .putInt(0)
                .put((byte) 29)
                .put((byte) method)
                .putShort((short) octets.length)
                .putInt(0x20)
                .put(octets)
                .put(data);
        out.putShort((short) 0).put((byte) 0x7b).putShort((short) 0).putShort((short) 7);
        return out.array();
    }

    static byte[] five(String name, int method, boolean encrypted, byte[] data) {
        byte[] octets = name.getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("Rar!\u001a\7\1\0".getBytes(StandardCharsets.ISO_8859_1));
        block(out, new byte[] {1, 0, 0}, new byte[0]);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(2);
        file.write(encrypted ? 3 : 2);
        if (encrypted) {
            file.write(3);
        }
        vint(file, data.length);
        file.write(0);
        vint(file, data.length);
        file.write(0x20);
        vint(file, method << 7);
        file.write(0);
        file.write(octets.length);
        file.writeBytes(octets);
        if (encrypted) {
            file.writeBytes(new byte[] {2, 1, 0});
        }
        block(out, file.toByteArray(), data);
        block(out, new byte[] {5, 0, 0}, new byte[0]);
        return out.toByteArray();
    }

    private static void block(ByteArrayOutputStream out, byte[] header, byte[] data) {
        out.writeBytes(new byte[4]);
        vint(out, header.length);
        out.writeBytes(header);
        out.writeBytes(data);
    }

    private static void vint(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest > 0x7f) {
            out.write(0x80 | (rest & 0x7f));
            rest >>>= 7;
        }
        out.write(rest);
    }
}
