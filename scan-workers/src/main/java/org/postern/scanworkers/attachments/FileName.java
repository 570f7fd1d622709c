// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.util.Locale;
import java.util.Set;

/// A file name as the recipient's system would read it.
///
/// @param name without folders, and without what Windows ignores at the end
record FileName(String name) {
    private static final Set<String> DOCUMENTS = Set.of(
            "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "txt", "csv", "jpg", "jpeg", "png", "gif", "bmp",
            "tif", "tiff", "mp3", "mp4", "avi", "mpg", "zip", "html", "htm", "odt", "ods");

    private static final Set<String> ARCHIVES = Set.of(
            "zip", "zipx", "jar", "7z", "rar", "r00", "r01", "001", "tar", "gz", "tgz", "bz2", "tbz", "xz", "txz",
            "cab", "iso", "img", "udf", "docx", "docm", "dotx", "dotm", "xlsx", "xlsm", "xltx", "xltm", "xlsb", "xlam",
            "pptx", "pptm", "potx", "potm", "ppsx", "ppsm", "ppam", "odt", "ods", "odp");

    static FileName of(String raw) {
        String name = raw.replace("\u0000", "");
        int folder = Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\'));
        name = name.substring(folder + 1);
        int stream = name.indexOf(':');
        if (stream > 0) {
            name = name.substring(0, stream); // an alternate data stream of NTFS
        }
        int end = name.length();
        while (end > 0 && (name.charAt(end - 1) <= ' ' || ".\"'".indexOf(name.charAt(end - 1)) >= 0)) {
            end--;
        }
        return new FileName(name.substring(0, end));
    }

    /// What follows the last dot, in lower case; empty where there is none.
    String extension() {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).strip().toLowerCase(Locale.ROOT);
    }

    /// Whether it is opened by a program for archives, or by one that reads documents out of archives.
    boolean isArchive() {
        return ARCHIVES.contains(extension());
    }

    /// Whether the name makes people see another extension than the one that counts: a document's extension before a
    /// blocked one, blanks that push it out of sight, a mark that turns the writing direction, or the number of
    /// a class.
    boolean isDisguised(Set<String> blocked) {
        if (name.chars().anyMatch(c -> (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069'))) {
            return true;
        }
        String extension = extension();
        if (extension.startsWith("{")) {
            return true; // the number of a class, which Windows does not show
        }
        if (!blocked.contains(extension)) {
            return false;
        }
        String before = name.substring(0, name.lastIndexOf('.'));
        return before.endsWith("    ") || DOCUMENTS.contains(new FileName(before.strip()).extension());
    }
}
