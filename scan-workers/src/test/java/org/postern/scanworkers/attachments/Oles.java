// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.charset.StandardCharsets;

/// Compound files with a directory and hardly anything else. [MS-CFB].
final class Oles {
    private Oles() {}

    static byte[] with(String... entries) {
        return withRecord(new byte[0], entries);
    }

    /// @param record stands at the start of a sector
    static byte[] withRecord(byte[] record, String... entries) {
        byte[] octets = new byte[512 * 2 + 512 * ((entries.length + 3) / 4)];
        byte[] magic = "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1".getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(magic, 0, octets, 0, magic.length);
        System.arraycopy(record, 0, octets, 512, record.length);
        for (int i = 0; i < entries.length; i++) {
            byte[] name = entries[i].getBytes(StandardCharsets.UTF_16LE);
            int at = 1024 + 128 * i;
            System.arraycopy(name, 0, octets, at, name.length);
            octets[at + 64] = (byte) (name.length + 2);
            octets[at + 66] = (byte) (i == 0 ? 5 : 2);
        }
        return octets;
    }
}
