// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// What a compound file holds, told by every directory entry that stands in it. [MS-CFB] section 2.6.1.
///
/// Neither the sector chains nor the directory tree are followed: entries stand at multiples of 128 octets whatever
/// the sector size, and a file whose chains are broken on purpose hides nothing this way. Leftover entries of
/// deleted streams count too.
///
/// @param macros whether there is a VBA project or an Excel 4 macro sheet
/// @param encrypted whether it is an encrypted Office document
/// @param installer whether it is a package of Windows Installer
/// @param attachments whether it is a message of Outlook with attachments
record OleFile(boolean macros, boolean encrypted, boolean installer, boolean attachments) {
    private static final int ENTRY = 128;
    private static final byte[] INSTALLER = {(byte) 0x84, 0x10, 0x0c, 0, 0, 0, 0, 0, (byte) 0xc0, 0, 0, 0, 0, 0, 0, 0x46
    };

    static OleFile of(byte[] octets) {
        boolean macros = false;
        boolean encrypted = false;
        boolean installer = false;
        boolean workbook = false;
        boolean attachments = false;
        for (int at = 512; at + ENTRY <= octets.length; at += ENTRY) {
            String name = name(octets, at);
            if (name.isEmpty()) {
                continue;
            }
            macros |= name.equals("_vba_project") || name.equals("_vba_project_cur") || name.equals("vba");
            encrypted |=
                    name.equals("encryptedpackage") || name.equals("encryptioninfo") || name.equals("encryptedsummary");
            workbook |= name.equals("workbook") || name.equals("book");
            attachments |= OutlookMessage.isAttachment(name);
            installer |= octets[at + 66] == 5 && isInstaller(octets, at + 80);
        }
        for (int at = 512; at + 512 <= octets.length; at += 512) {
            encrypted |= isEncryptedWord(octets, at) || isEncryptedWorkbook(octets, at);
        }
        return new OleFile(macros || (workbook && hasMacroSheet(octets)), encrypted, installer, attachments);
    }

    /// The name of a directory entry in lower case; empty where none stands.
    private static String name(byte[] octets, int at) {
        int length = shortAt(octets, at + 64);
        int type = octets[at + 66];
        if (length < 4 || length > 64 || length % 2 != 0 || (type != 1 && type != 2 && type != 5)) {
            return "";
        }
        if (shortAt(octets, at + length - 2) != 0) {
            return "";
        }
        return new String(octets, at, length - 2, StandardCharsets.UTF_16LE).toLowerCase(Locale.ROOT);
    }

    /// Package, patch or transform.
    private static boolean isInstaller(byte[] octets, int at) {
        return (octets[at] == (byte) 0x84 || octets[at] == (byte) 0x86 || octets[at] == (byte) 0x82)
                && Arrays.equals(octets, at + 1, at + INSTALLER.length, INSTALLER, 1, INSTALLER.length);
    }

    /// The File Information Block, bit fEncrypted. [MS-DOC] section 2.5.2.
    private static boolean isEncryptedWord(byte[] octets, int at) {
        int magic = shortAt(octets, at);
        int version = shortAt(octets, at + 2);
        return (magic == 0xa5ec || magic == 0xa5dc)
                && version >= 0x65
                && version <= 0x112
                && (shortAt(octets, at + 10) & 0x100) != 0;
    }

    /// A FilePass record right behind the first one, or behind a WriteProtect record. [MS-XLS] section 2.1.7.20.5.
    private static boolean isEncryptedWorkbook(byte[] octets, int at) {
        if (shortAt(octets, at) != 0x809 || shortAt(octets, at + 2) > 32) {
            return false;
        }
        int next = at + 4 + shortAt(octets, at + 2);
        if (shortAt(octets, next) == 0x86) {
            next += 4 + shortAt(octets, next + 2);
        }
        return next + 4 <= octets.length && shortAt(octets, next) == 0x2f;
    }

    /// A BoundSheet8 record of the type macro sheet. [MS-XLS] section 2.4.28.
    private static boolean hasMacroSheet(byte[] octets) {
        for (int at = 512; at + 12 <= octets.length; at++) {
            if (octets[at] == (byte) 0x85
                    && octets[at + 1] == 0
                    && octets[at + 3] == 0
                    && octets[at + 9] == 1
                    && (octets[at + 8] & 0xfc) == 0) {
                int length = octets[at + 2] & 0xff;
                int characters = octets[at + 10] & 0xff;
                int flags = octets[at + 11] & 0xff;
                if (characters > 0 && characters <= 31 && flags <= 1 && length == 8 + characters * (flags + 1)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int shortAt(byte[] octets, int at) {
        return at + 1 < octets.length ? (octets[at] & 0xff) | ((octets[at + 1] & 0xff) << 8) : 0;
    }
}
