// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a file is to the one who looks for other files in it, told by its first octets alone.
enum Kind {
    ZIP,
    SEVEN_Z,
    RAR,
    TAR,
    CPIO,
    /// The archive of Debian's packages and of libraries.
    AR,
    GZIP,
    BZIP2,
    XZ,
    LZ4,
    CABINET,
    /// A disk image with the file systems of CDs and DVDs, ISO 9660 or UDF.
    DISK_IMAGE,
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

    /// What begins at an offset that is not the first one; only what has a signature is told.
    static Kind of(byte[] octets, int from, int to) {
        return of(Arrays.copyOfRange(octets, from, to), to - from);
    }

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
        if (starts(head, length, 0, "\4\"M\u0018")) {
            return LZ4;
        }
        if (starts(head, length, 0, "!<arch>\n")) {
            return AR;
        }
        if (isCpio(head, length)) {
            return CPIO;
        }
        // The version is what the programs look at. [MS-CAB] section 2.1.
        if (starts(head, length, 0, "MSCF") && starts(head, length, 25, "\1")) {
            return CABINET;
        }
        if (isTar(head, length)) {
            return TAR;
        }
        if (starts(head, length, 32_769, "CD001") || starts(head, length, 32_769, "BEA01")) {
            return DISK_IMAGE;
        }
        return unopened(head, length).isPresent() ? OTHER_ARCHIVE : NONE;
    }

    /// What an archive or disk image is that is not opened, for people; empty where it is none.
    static Optional<String> unopened(byte[] head, int length) {
        if (starts(head, length, 2, "-lh") && starts(head, length, 6, "-")) {
            return Optional.of("an LHA archive");
        }
        if (starts(head, length, 510, "U\u00aa")
                && (starts(head, length, 54, "FAT1") || starts(head, length, 82, "FAT32"))) {
            return Optional.of("a disk image");
        }
        return UNOPENED.stream()
                .filter(each -> starts(head, length, each.at, each.magic))
                .map(Unopened::what)
                .findFirst();
    }

    private record Unopened(int at, String magic, String what) {}

    private static final List<Unopened> UNOPENED = List.of(
            new Unopened(7, "**ACE**", "an ACE archive"),
            new Unopened(0, "`\u00ea", "an ARJ archive"),
            new Unopened(0, "(\u00b5/\u00fd", "a Zstandard file"),
            new Unopened(0, "\u001f\u009d", "a file packed by compress"),
            new Unopened(0, "LZIP\1", "an lzip file"),
            new Unopened(0, "xar!", "a xar archive"),
            new Unopened(0, "ALZ\1", "an ALZ archive"),
            new Unopened(0, "EGGA", "an EGG archive"),
            new Unopened(0, "\u00ed\u00ab\u00ee\u00db", "an RPM package"),
            new Unopened(0, "MSWIM\0", "a WIM image"),
            new Unopened(0, "conectix", "a virtual disk (VHD)"),
            new Unopened(0, "vhdxfile", "a virtual disk (VHDX)"),
            new Unopened(0, "KDMV", "a virtual disk (VMDK)"),
            new Unopened(0, "QFI\u00fb", "a virtual disk (QCOW)"),
            new Unopened(3, "NTFS    ", "a disk image"));

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
