// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.postern.scanworkers.attachments.UnpackBudget.Stretch;

/// The files in containers that are read here and not by a library: in RAR archives where they are not compressed, in
/// cabinets, in disk images, and in messages of Outlook and Exchange.
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
            entry.names().forEach(each -> report.name(each, true));
            if (entry.stored()) {
                look(entry.names().getLast(), octets, entry.from(), entry.to() - entry.from(), depth);
            } else {
                unseen = true;
            }
        }
        if (unseen || headers.entries().isEmpty()) {
            report.unreadable(name + ": a RAR archive, of which only the names are read");
        }
    }

    void cabinet(String name, byte[] octets, int depth) throws IOException {
        Cabinet cabinet = Cabinet.of(octets);
        boolean unseen = cabinet.damaged() || cabinet.entries().isEmpty();
        Map<Integer, List<Cabinet.Entry>> byFolder = new TreeMap<>();
        for (Cabinet.Entry entry : cabinet.entries()) {
            budget.file();
            report.name(entry.name(), true);
            byFolder.computeIfAbsent(entry.folder(), _ -> new ArrayList<>()).add(entry);
        }
        for (var inside : byFolder.entrySet()) {
            List<Cabinet.Folder> folders = cabinet.folders();
            if (inside.getKey() < folders.size() && folders.get(inside.getKey()).opened()) {
                inside.getValue().sort(Comparator.comparingLong(Cabinet.Entry::offset));
                folder(folders.get(inside.getKey()), inside.getValue(), octets, depth);
            } else {
                unseen = true;
            }
        }
        if (unseen) {
            report.unreadable(name + ": a cabinet, of which only the names are read");
        }
    }

    /// Files in the order in which they stand, so that the folder is unpacked once where none overlap.
    private void folder(Cabinet.Folder folder, List<Cabinet.Entry> inside, byte[] octets, int depth)
            throws IOException {
        try (CabinetFolder unpacked = new CabinetFolder(octets, folder)) {
            InputStream counted = stretch.over(unpacked, octets.length);
            for (Cabinet.Entry entry : inside) {
                if (entry.offset() < unpacked.position()) {
                    unpacked.restart();
                }
                unpacked.endAt(entry.offset());
                counted.skip(Long.MAX_VALUE);
                unpacked.endAt(entry.offset() + entry.size());
                files.look(entry.name(), counted, depth);
            }
        }
    }

    /// The files of a disk image by all file systems in it, each by all its names.
    void image(String name, byte[] octets, int depth) throws IOException {
        DiskFiles found = new DiskFiles();
        IsoImage.read(octets, found);
        if (IsoImage.hasDescriptor(octets, "NSR0")) {
            UdfImage.read(octets, found);
        }
        for (DiskFiles.Entry entry : found.entries()) {
            budget.file();
            entry.names().forEach(each -> report.name(each, true));
            // A content is judged by the extension, and systems show names with different ones.
            Set<String> extensions = new HashSet<>();
            for (String each : entry.names()) {
                if (extensions.add(FileName.of(each).extension())) {
                    look(each, octets, entry.extents(), depth);
                }
            }
        }
        if (found.damaged()) {
            report.unreadable(name + ": a disk image that is damaged or not understood");
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

    private void look(String name, byte[] octets, List<DiskFiles.Extent> extents, int depth) throws IOException {
        List<InputStream> parts = extents.stream()
                .<InputStream>map(part -> new ByteArrayInputStream(octets, part.from(), part.length()))
                .toList();
        InputStream all = new SequenceInputStream(Collections.enumeration(parts));
        files.look(name, stretch.over(all, octets.length), depth);
    }

    private void look(String name, byte[] octets, int from, int length, int depth) throws IOException {
        files.look(name, stretch.over(new ByteArrayInputStream(octets, from, length), octets.length), depth);
    }
}
