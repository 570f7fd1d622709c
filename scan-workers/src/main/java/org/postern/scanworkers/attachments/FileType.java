// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.mime.MediaType;
import org.apache.tika.mime.MimeTypes;

/// The media type of a file by its content, whatever it is called.
///
/// @param name the media type without parameters, such as `application/pdf`
record FileType(String name) {
    private static final Set<String> PROGRAMS = Set.of(
            "application/x-dosexec",
            "application/x-msdownload",
            "application/vnd.microsoft.portable-executable",
            "application/x-executable",
            "application/x-elf",
            "application/x-sharedlib",
            "application/x-object",
            "application/x-mach-o",
            "application/x-mach-o-executable",
            "application/x-mach-o-dylib",
            "application/x-mach-o-universal",
            "application/x-ms-shortcut",
            "application/x-win-lnk",
            "application/vnd.ms-htmlhelp",
            "application/x-msi",
            "application/x-ms-installer");

    private static final Set<String> PICTURES =
            Set.of("jpg", "jpeg", "jpe", "png", "gif", "bmp", "webp", "tif", "tiff", "heic");

    /// Loaded when the first attachment comes: Tika reads 1,500 types.
    private static final class Types {
        static final MimeTypes ALL = MimeTypes.getDefaultMimeTypes();
    }

    static FileType of(byte[] head, int length) {
        if (length >= 2 && head[0] == 'M' && head[1] == 'Z') {
            return new FileType("application/x-dosexec");
        }
        if (length >= 8
                && head[0] == 'L'
                && head[1] == 0
                && head[2] == 0
                && head[3] == 0
                && head[4] == 1
                && head[5] == 0x14
                && head[6] == 2
                && head[7] == 0) {
            return new FileType("application/x-ms-shortcut"); // [MS-SHLLINK] section 2.1
        }
        try {
            MediaType type = Types.ALL.detect(new ByteArrayInputStream(head, 0, length), new Metadata());
            return new FileType(type.getBaseType().toString().toLowerCase(Locale.ROOT));
        } catch (IOException e) {
            throw new AssertionError("memory cannot fail", e);
        }
    }

    /// Whether a system runs it when it is opened. Scripts are text, and count by their extension alone.
    boolean isProgram() {
        return PROGRAMS.contains(name);
    }

    /// Whether people who open a file of that extension would get something of another kind: a page or an archive for
    /// a picture, for example. Unknown content is no mismatch, and neither are the old habits of Office.
    boolean contradicts(String extension) {
        boolean known = !name.equals("application/octet-stream") && !name.equals("text/plain");
        if (extension.equals("pdf")) {
            return known && !name.equals("application/pdf") && !name.equals("application/postscript");
        }
        if (PICTURES.contains(extension)) {
            return known && !name.startsWith("image/") && !name.startsWith("video/");
        }
        return false;
    }
}
