// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.commons.compress.PasswordRequiredException;
import org.apache.commons.compress.archivers.sevenz.SevenZArchiveEntry;
import org.apache.commons.compress.archivers.sevenz.SevenZFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.postern.scanworkers.attachments.UnpackBudget.Reached;
import org.postern.scanworkers.attachments.UnpackBudget.Stretch;

/// Looks into one attachment: the files in it, the files in those, and what documents hold. Runs on one thread; nothing
/// is written anywhere.
final class Unpacker {
    static final int DICTIONARY_KIB = 64 * 1024;

    private final Report report;
    private final UnpackBudget budget;
    private final Stretch stretch;
    /// Octets of the files that lie around the one being looked at.
    private long held;

    Unpacker(Report report, UnpackBudget budget, Stretch stretch) {
        this.report = report;
        this.budget = budget;
        this.stretch = stretch;
    }

    /// Looks into an attachment.
    ///
    /// @throws Reached when a bound of the whole mail was reached
    /// @throws InterruptedIOException when nobody waits any more
    void look(Kind kind, String name, byte[] octets) throws IOException {
        open(kind, name, octets, 1);
    }

    private void open(Kind kind, String name, byte[] octets, int depth) throws IOException {
        held += octets.length;
        try {
            opened(kind, name, octets, depth);
        } finally {
            held -= octets.length;
        }
    }

    private void opened(Kind kind, String name, byte[] octets, int depth) throws IOException {
        if (depth > budget.config().depth()) {
            throw new Reached("archives nested more than " + budget.config().depth() + " deep");
        }
        try {
            switch (kind) {
                case ZIP -> new ZipReadings(report, budget, stretch, this::file).read(name, octets, depth);
                case SEVEN_Z -> sevenZ(name, octets, depth);
                case RAR -> rar(name, octets, depth);
                case TAR -> tar(new ByteArrayInputStream(octets), name, octets.length, depth);
                case GZIP, BZIP2, XZ -> compressed(kind, name, octets, depth);
                case OLE -> ole(name, octets);
                case PDF -> {
                    if (PdfEncryption.isEncrypted(octets)) {
                        report.encryptedDocument(name);
                    }
                }
                case TNEF -> tnef(name, octets, depth);
                case OTHER_ARCHIVE -> report.unreadable(name + ": this kind of archive is not unpacked");
                case NONE -> {}
            }
        } catch (PasswordRequiredException e) {
            report.encrypted(name);
        } catch (Reached | InterruptedIOException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The library meets damaged archives with whatever its parsers throw.
            report.unreadable(name + ": " + e);
        }
    }

    private void sevenZ(String name, byte[] octets, int depth) throws IOException {
        try (SevenZFile archive = SevenZFile.builder()
                .setSeekableByteChannel(new SeekableInMemoryByteChannel(octets))
                .setMaxMemoryLimitKiB(DICTIONARY_KIB)
                .get()) {
            for (SevenZArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                budget.file();
                stretch.check();
                if (entry.isDirectory()) {
                    continue;
                }
                // What is skipped has to be unpacked as well, out of our sight.
                if (entry.getSize() > budget.config().unpackedMax().bytes()) {
                    throw new Reached(name + ": " + entry.getName() + " is to become " + entry.getSize() + " octets");
                }
                String inside = entry.getName() == null ? "" : entry.getName();
                report.name(inside, true);
                InputStream data = new InputStream() {
                    @Override
                    public int read() throws IOException {
                        return archive.read();
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        return archive.read(target, offset, length);
                    }
                };
                InputStream counted = stretch.over(data, octets.length);
                file(inside, counted, depth);
                counted.skip(Long.MAX_VALUE); // else the library skips it, uncounted
            }
        }
    }

    private void rar(String name, byte[] octets, int depth) throws IOException {
        RarHeaders headers = RarHeaders.of(octets);
        if (headers.encrypted()) {
            report.encrypted(name);
        }
        boolean unseen = headers.damaged();
        for (RarHeaders.Entry entry : headers.entries()) {
            budget.file();
            report.name(entry.name(), true);
            if (entry.stored() && !headers.encrypted()) {
                file(
                        entry.name(),
                        stretch.over(
                                new ByteArrayInputStream(octets, entry.from(), entry.to() - entry.from()),
                                octets.length),
                        depth);
            } else {
                unseen = true;
            }
        }
        if (unseen || headers.entries().isEmpty()) {
            report.unreadable(name + ": RAR archives are not unpacked");
        }
    }

    private void tnef(String name, byte[] octets, int depth) throws IOException {
        Tnef tnef = Tnef.of(octets);
        for (Tnef.Entry entry : tnef.entries()) {
            budget.file();
            report.name(entry.name(), true);
            file(
                    entry.name(),
                    stretch.over(new ByteArrayInputStream(octets, entry.from(), entry.length()), octets.length),
                    depth);
        }
        if (tnef.damaged()) {
            report.unreadable(name + ": damaged");
        }
    }

    private void tar(InputStream in, String archive, long packed, int depth) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(stretch.over(in, 0), StandardCharsets.UTF_8.name());
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            budget.file();
            report.name(entry.getName(), true);
            if (!tar.canReadEntryData(entry)) {
                report.unreadable(archive + ": " + entry.getName());
            } else if (!entry.isDirectory()) {
                file(entry.getName(), stretch.over(tar, packed), depth);
            }
        }
    }

    /// One file without an archive around it. The streams have no end that could be checked: several in a row are one.
    private void compressed(Kind kind, String name, byte[] octets, int depth) throws IOException {
        budget.file();
        InputStream source = stretch.over(new ByteArrayInputStream(octets), 0);
        InputStream unpacked = switch (kind) {
            case GZIP -> {
                GzipCompressorInputStream gzip = GzipCompressorInputStream.builder()
                        .setInputStream(source)
                        .setDecompressConcatenated(true)
                        .get();
                if (gzip.getMetaData().getFileName() != null) {
                    report.name(gzip.getMetaData().getFileName(), true);
                }
                yield gzip;
            }
            case BZIP2 -> new BZip2CompressorInputStream(source, true);
            case XZ ->
                XZCompressorInputStream.builder()
                        .setInputStream(source)
                        .setDecompressConcatenated(true)
                        .setMemoryLimitKiB(DICTIONARY_KIB)
                        .get();
            case ZIP, SEVEN_Z, RAR, TAR, OLE, PDF, TNEF, OTHER_ARCHIVE, NONE -> throw new AssertionError(kind);
        };
        InputStream counted = stretch.over(unpacked, octets.length);
        byte[] head = counted.readNBytes(Kind.HEAD);
        String inner = name.replaceFirst("\\.[^.]{1,5}$", "");
        if (Kind.of(head, head.length) == Kind.TAR) {
            if (depth + 1 > budget.config().depth()) {
                throw new Reached("archives nested more than " + budget.config().depth() + " deep");
            }
            tar(new SequenceInputStream(new ByteArrayInputStream(head), counted), inner, octets.length, depth + 1);
        } else {
            report.name(inner, true);
            file(inner, new SequenceInputStream(new ByteArrayInputStream(head), counted), depth);
        }
    }

    private void ole(String name, byte[] octets) {
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
    }

    /// A file in an archive: its first octets against its name, and what is in it.
    private void file(String name, InputStream in, int depth) throws IOException {
        byte[] head = in.readNBytes(Kind.HEAD);
        report.content(name, head, head.length);
        if (name.toLowerCase(Locale.ROOT).endsWith(".rels") && isRemote(head)) {
            report.remote(name);
        }
        Kind kind = Kind.of(head, head.length);
        if (kind == Kind.NONE) {
            return;
        }
        // While it is read it stands in memory twice.
        long fileMax = budget.config().fileMax().bytes();
        int max = (int) Math.clamp((2 * fileMax - held) / 2, 0, fileMax);
        byte[] all = new SequenceInputStream(new ByteArrayInputStream(head), in).readNBytes(max + 1);
        if (all.length > max) {
            throw new Reached(
                    max == fileMax
                            ? name + " is larger than " + budget.config().fileMax()
                            : name + ": with the archives around it, it takes more memory than twice "
                                    + budget.config().fileMax());
        }
        open(kind, name, all, depth + 1);
    }

    /// A template, frame or object that Office fetches when the document is opened. ECMA-376 part 2 section 9.3.
    private static boolean isRemote(byte[] relations) {
        String text = new String(relations, StandardCharsets.UTF_8);
        for (String relation : text.split("<Relationship ", -1)) {
            boolean external =
                    relation.contains("TargetMode=\"External\"") || relation.contains("TargetMode='External'");
            if (external
                    && (relation.contains("/attachedTemplate")
                            || relation.contains("/oleObject")
                            || relation.contains("/frame"))) {
                return true;
            }
        }
        return false;
    }
}
