// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.core.filter.Finding;

/// What was found in the attachments of one mail, each kind of finding once. Used by one thread after the other.
final class Report {
    private final AttachmentsConfig config;
    private final Set<String> blocked;
    private final Map<String, Finding> findings = new LinkedHashMap<>();

    Report(AttachmentsConfig config, Set<String> blocked) {
        this.config = config;
        this.blocked = blocked;
    }

    List<Finding> findings() {
        return List.copyOf(findings.values());
    }

    /// Judges a name alone, also as those read it to whom it ends at a NUL.
    void name(String raw, boolean inArchive) {
        int nul = raw.indexOf('\0');
        if (nul >= 0) {
            judge(FileName.of(raw.substring(0, nul)), inArchive);
        }
        judge(FileName.of(raw), inArchive);
    }

    private void judge(FileName file, boolean inArchive) {
        if (blocked.contains(file.extension())) {
            add(inArchive ? "ATTACHMENT_BLOCKED_IN_ARCHIVE" : "ATTACHMENT_BLOCKED", config.blockedScore(), file.name());
        }
        if (file.isDisguised(blocked)) {
            add("ATTACHMENT_NAME_DISGUISED", config.disguisedScore(), file.name());
        }
    }

    /// Judges the content of a file against its name.
    void content(String raw, byte[] head, int length) {
        String extension = FileName.of(raw).extension();
        FileType type = FileType.of(head, length);
        if (type.isProgram() && !blocked.contains(extension)) {
            add("ATTACHMENT_EXECUTABLE", config.executableScore(), raw + " is " + type.name());
        } else if (type.contradicts(extension)) {
            add("ATTACHMENT_TYPE_MISMATCH", config.mismatchScore(), raw + " is " + type.name());
        }
    }

    void program(String name, String what) {
        if (!blocked.contains(FileName.of(name).extension())) {
            add("ATTACHMENT_EXECUTABLE", config.executableScore(), name + " is " + what);
        }
    }

    /// Part of a mail that only the recipient's program puts together. RFC 2046 section 5.2.2.
    void fragment(String what) {
        add("ATTACHMENT_FRAGMENT", config.blockedScore(), what);
    }

    void macros(String where) {
        add("ATTACHMENT_MACROS", config.macroScore(), where);
    }

    void remote(String where) {
        add("ATTACHMENT_REMOTE_CONTENT", config.remoteScore(), where);
    }

    void encrypted(String what) {
        add("ATTACHMENT_ENCRYPTED", config.encryptedScore(), what);
    }

    void encryptedDocument(String what) {
        add("ATTACHMENT_ENCRYPTED_DOCUMENT", config.encryptedDocumentScore(), what);
    }

    void unreadable(String why) {
        add("ATTACHMENT_ARCHIVE_UNREADABLE", config.unreadableScore(), why);
    }

    void tooComplex(String why) {
        add("ATTACHMENT_TOO_COMPLEX", config.tooComplexScore(), why);
    }

    void ambiguous(String why) {
        add("ATTACHMENT_AMBIGUOUS", config.ambiguousScore(), why);
    }

    private void add(String symbol, double score, String evidence) {
        findings.putIfAbsent(symbol, new Finding(symbol, score, evidence));
    }
}
