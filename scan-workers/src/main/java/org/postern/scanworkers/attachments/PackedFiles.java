// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.apache.commons.compress.archivers.sevenz.SevenZArchiveEntry;
import org.apache.commons.compress.archivers.sevenz.SevenZFile;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.postern.scanworkers.attachments.UnpackBudget.Reached;
import org.postern.scanworkers.attachments.UnpackBudget.Stretch;

/// The files in archives that the library unpacks, other than zip.
final class PackedFiles {
    static final int DICTIONARY_KIB = 64 * 1024;

    private final Report report;
    private final UnpackBudget budget;
    private final Stretch stretch;
    private final FilesInside files;

    PackedFiles(Report report, UnpackBudget budget, Stretch stretch, FilesInside files) {
        this.report = report;
        this.budget = budget;
        this.stretch = stretch;
        this.files = files;
    }

    void sevenZ(String name, byte[] octets, int depth) throws IOException {
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
                files.look(inside, counted, depth);
                counted.skip(Long.MAX_VALUE); // else the library skips it, uncounted
            }
        }
    }

    /// An archive that is read from its start to its end.
    void streamed(Kind kind, String name, byte[] octets, int depth) throws IOException {
        streamed(kind, new ByteArrayInputStream(octets), name, octets.length, depth);
    }

    private void streamed(Kind kind, InputStream in, String name, long packed, int depth) throws IOException {
        InputStream source = stretch.over(in, 0);
        ArchiveInputStream<? extends ArchiveEntry> archive = switch (kind) {
            case TAR -> new TarArchiveInputStream(source, StandardCharsets.UTF_8.name());
            case CPIO -> new CpioArchiveInputStream(source, StandardCharsets.UTF_8.name());
            case AR -> new ArArchiveInputStream(source);
            case ZIP, SEVEN_Z, RAR, GZIP, BZIP2, XZ, LZ4, CABINET, DISK_IMAGE, OLE, PDF, TNEF, OTHER_ARCHIVE, NONE ->
                throw new AssertionError(kind);
        };
        for (ArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
            budget.file();
            report.name(entry.getName(), true);
            if (!archive.canReadEntryData(entry)) {
                report.unreadable(name + ": " + entry.getName());
            } else if (!entry.isDirectory()) {
                files.look(entry.getName(), stretch.over(archive, packed), depth);
            }
        }
    }

    /// One file without an archive around it. The streams have no end that could be checked: several in a row are one.
    void compressed(Kind kind, String name, byte[] octets, int depth) throws IOException {
        budget.file();
        InputStream counted =
                stretch.over(unpacking(kind, stretch.over(new ByteArrayInputStream(octets), 0)), octets.length);
        byte[] head = counted.readNBytes(Kind.HEAD);
        InputStream all = new SequenceInputStream(new ByteArrayInputStream(head), counted);
        String inner = name.replaceFirst("\\.[^.]{1,5}$", "");
        Kind inside = Kind.of(head, head.length);
        if (inside == Kind.TAR || inside == Kind.CPIO) {
            if (depth + 1 > budget.config().depth()) {
                throw new Reached("archives nested more than " + budget.config().depth() + " deep");
            }
            streamed(inside, all, inner, octets.length, depth + 1);
        } else {
            report.name(inner, true);
            files.look(inner, all, depth);
        }
    }

    private InputStream unpacking(Kind kind, InputStream source) throws IOException {
        return switch (kind) {
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
            case LZ4 -> new FramedLZ4CompressorInputStream(source, true);
            case ZIP, SEVEN_Z, RAR, TAR, CPIO, AR, CABINET, DISK_IMAGE, OLE, PDF, TNEF, OTHER_ARCHIVE, NONE ->
                throw new AssertionError(kind);
        };
    }
}
