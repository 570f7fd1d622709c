// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.postern.scanworkers.attachments.UnpackBudget.Stretch;

/// The files that lie in another as they are, or in pieces: in RAR archives without compression, in messages of
/// Outlook and Exchange.
final class StoredFiles {
    private final Report report;
    private final UnpackBudget budget;
    private final Stretch stretch;
    private final FilesInside files;

    StoredFiles(Report report, UnpackBudget budget, Stretch stretch, FilesInside files) {
        this.report = report;
        this.budget = budget;
        this.stretch = stretch;
        this.files = files;
    }

    void rar(String name, byte[] octets, int depth) throws IOException {
        RarHeaders headers = RarHeaders.of(octets);
        if (headers.encrypted()) {
            report.encrypted(name);
        }
        boolean unseen = headers.damaged();
        for (RarHeaders.Entry entry : headers.entries()) {
            budget.file();
            report.name(entry.name(), true);
            if (entry.stored() && !headers.encrypted()) {
                look(entry.name(), octets, entry.from(), entry.to() - entry.from(), depth);
            } else {
                unseen = true;
            }
        }
        if (unseen || headers.entries().isEmpty()) {
            report.unreadable(name + ": a RAR archive, of which only the names are read");
        }
    }

    void tnef(String name, byte[] octets, int depth) throws IOException {
        Tnef tnef = Tnef.of(octets);
        tnef.names().forEach(each -> report.name(each, true));
        for (Tnef.Entry entry : tnef.entries()) {
            budget.file();
            look(entry.name(), octets, entry.from(), entry.length(), depth);
        }
        if (tnef.damaged()) {
            report.unreadable(name + ": damaged");
        }
    }

    /// What a compound file is, and the attachments in it where it is a message.
    void ole(String name, byte[] octets, int depth) throws IOException {
        OleFile file = OleFile.of(octets);
        if (file.macros()) {
            report.macros(name);
        }
        if (file.encrypted()) {
            report.encryptedDocument(name);
        }
        if (file.installer()) {
            report.program(name, "a package of Windows Installer");
        }
        if (file.attachments()) {
            OutlookMessage message = new OutlookMessage(new CompoundFile(octets));
            for (OutlookMessage.Attachment each : message.attachments()) {
                budget.file();
                each.names().forEach(inside -> report.name(inside, true));
                try (InputStream in = stretch.over(message.open(each), octets.length)) {
                    files.look(each.name(), in, depth);
                }
            }
        }
    }

    private void look(String name, byte[] octets, int from, int length, int depth) throws IOException {
        files.look(name, stretch.over(new ByteArrayInputStream(octets, from, length), octets.length), depth);
    }
}
