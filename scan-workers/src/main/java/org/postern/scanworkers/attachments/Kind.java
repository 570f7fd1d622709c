// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.charset.StandardCharsets;

/// What a file is to the one who looks for other files in it, told by its first octets alone.
enum Kind {
    ZIP,
    SEVEN_Z,
    RAR,
    TAR,
    GZIP,
    BZIP2,
    XZ,
    /// Compound file of Microsoft Office and Windows Installer.
    OLE,
    PDF,
    /// The `winmail.dat` of Exchange.
    TNEF,
    /// An archive or disk image of a kind that is not unpacked.
    OTHER_ARCHIVE,
    /// Nothing that holds files.
    NONE;

    /// How many octets are needed to tell.
    static final int HEAD = 64 * 1024;

    private static final int TAR_HEADER = 512;
    private static final int CPIO_HEADER = 110;

    static Kind of(byte[] head, int length) {
        if (starts(head, length, 0, "PK\3\4")
                || starts(head, length, 0, "PK\5\6")
                || starts(head, length, 0, "PK00PK")) {
            return ZIP;
        }
        if (starts(head, length, 0, "7z\u00bc\u00af'\u001c")) {
            return SEVEN_Z;
        }
        if (starts(head, length, 0, "Rar!\u001a\7")) {
            return RAR;
        }
        if (starts(head, length, 0, "\u001f\u008b\b")) {
            return GZIP;
        }
        if (starts(head, length, 0, "BZh") && length > 3 && head[3] >= '1' && head[3] <= '9') {
            return BZIP2;
        }
        if (starts(head, length, 0, "\u00fd7zXZ\0")) {
            return XZ;
        }
        if (starts(head, length, 0, "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1")) {
            return OLE;
        }
        if (starts(head, length, 0, "x\u009f>\"")) {
            return TNEF;
        }
        if (isPdf(head, length)) {
            return PDF;
        }
        if (isTar(head, length)) {
            return TAR;
        }
        return isOtherArchive(head, length) ? OTHER_ARCHIVE : NONE;
    }

    /// Readers of PDF look for the header in the first 1,024 octets. ISO 32000-1 annex H.3.4.1.
    private static boolean isPdf(byte[] head, int length) {
        for (int i = 0; i <= Math.min(length, 1024) - 5; i++) {
            if (head[i] == '%' && starts(head, length, i, "%PDF-")) {
                return true;
            }
        }
        return false;
    }

    /// The checksum of the first header, for the oldest form has no magic number. POSIX pax, ustar.
    private static boolean isTar(byte[] head, int length) {
        if (length < TAR_HEADER || head[0] == 0) {
            return false;
        }
        long sum = 0;
        for (int i = 0; i < TAR_HEADER; i++) {
            sum += i >= 148 && i < 156 ? ' ' : head[i] & 0xff;
        }
        long written = 0;
        boolean digits = false;
        for (int i = 148; i < 156; i++) {
            if (head[i] >= '0' && head[i] <= '7') {
                written = written * 8 + head[i] - '0';
                digits = true;
            } else if (digits) {
                break;
            }
        }
        return digits && written == sum;
    }

    private static boolean isOtherArchive(byte[] head, int length) {
        return starts(head, length, 0, "MSCF\0\0\0\0") // cabinet
                || starts(head, length, 7, "**ACE**")
                || starts(head, length, 0, "`\u00ea") // arj
                || (starts(head, length, 2, "-lh") && starts(head, length, 6, "-")) // lha
                || starts(head, length, 0, "(\u00b5/\u00fd") // zstandard
                || starts(head, length, 0, "\u001f\u009d") // compress
                || starts(head, length, 0, "LZIP\1")
                || isCpio(head, length)
                || starts(head, length, 0, "xar!")
                || starts(head, length, 0, "MSWIM\0")
                || starts(head, length, 0, "conectix") // virtual disks
                || starts(head, length, 0, "vhdxfile")
                || starts(head, length, 32_769, "CD001") // ISO 9660
                || starts(head, length, 32_769, "BEA01"); // UDF
    }

    /// The new ASCII form: a magic number and 13 numbers of eight hexadecimal digits.
    private static boolean isCpio(byte[] head, int length) {
        if (length < CPIO_HEADER || !(starts(head, length, 0, "070701") || starts(head, length, 0, "070702"))) {
            return false;
        }
        for (int i = 6; i < CPIO_HEADER; i++) {
            if (Character.digit(head[i], 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean starts(byte[] head, int length, int at, String magic) {
        byte[] octets = magic.getBytes(StandardCharsets.ISO_8859_1);
        if (at + octets.length > length) {
            return false;
        }
        for (int i = 0; i < octets.length; i++) {
            if (head[at + i] != octets[i]) {
                return false;
            }
        }
        return true;
    }
}
