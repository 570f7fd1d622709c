// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.compress.archivers.zip.UnicodePathExtraField;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.postern.scanworkers.attachments.UnpackBudget.Reached;
import org.postern.scanworkers.attachments.UnpackBudget.Stretch;

/// One zip archive: by its directory, and by its local headers wherever the two tell different things, for programs
/// differ in which of them they follow.
final class ZipReadings {
    private static final long CLAIM_FREE = 64L << 20;

    private final Report report;
    private final UnpackBudget budget;
    private final Stretch stretch;
    private final FilesInside files;

    ZipReadings(Report report, UnpackBudget budget, Stretch stretch, FilesInside files) {
        this.report = report;
        this.budget = budget;
        this.stretch = stretch;
        this.files = files;
    }

    /// Reads an archive.
    void read(String name, byte[] octets, int depth) throws IOException {
        ZipHeaders headers = new ZipHeaders();
        headers.scan(new ByteArrayInputStream(octets));
        headers.names().forEach(each -> report.name(each, true));
        if (headers.encrypted()) {
            report.encrypted(name);
        }
        if (!headers.complete()) {
            throw new Reached("a zip archive with too many headers");
        }
        Optional<String> odd = Optional.empty();
        try (ZipFile zip = ZipFile.builder()
                .setSeekableByteChannel(new SeekableInMemoryByteChannel(octets))
                .get()) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
                zipEntry(name, entry, octets.length);
                if (entry.getGeneralPurposeBit().usesEncryption()) {
                    continue;
                }
                if (!zip.canReadEntryData(entry)) {
                    report.unreadable(entry.getName() + ": compressed with method " + entry.getMethod());
                    continue;
                }
                try (InputStream in = stretch.over(zip.getInputStream(entry), packed(entry, octets.length))) {
                    files.look(entry.getName(), in, depth);
                }
            }
        } catch (Reached | InterruptedIOException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            odd = Optional.of(name + ": " + e);
        }
        if (odd.isPresent() || !headers.consistent()) {
            odd.ifPresent(report::unreadable);
            hidden(headers, octets, depth);
        }
    }

    /// Files that programs find by the local headers, where the directory does not tell the same.
    private void hidden(ZipHeaders headers, byte[] octets, int depth) throws IOException {
        for (ZipHeaders.Header header : headers.locals()) {
            int from = Math.toIntExact(header.offset());
            ByteArrayInputStream rest = new ByteArrayInputStream(octets, from, octets.length - from);
            try (ZipArchiveInputStream zip =
                    new ZipArchiveInputStream(stretch.over(rest, 0), StandardCharsets.UTF_8.name(), true, true, true)) {
                ZipArchiveEntry entry = zip.getNextEntry();
                if (entry != null && zip.canReadEntryData(entry)) {
                    zipEntry(header.name(), entry, octets.length);
                    files.look(entry.getName(), stretch.over(zip, octets.length), depth);
                }
            } catch (Reached | InterruptedIOException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                report.unreadable(header.name() + ": " + e);
            }
        }
    }

    private void zipEntry(String archive, ZipArchiveEntry entry, int packed) throws Reached {
        budget.file();
        report.name(entry.getName(), true);
        // Some programs follow this one, whatever the headers say. APPNOTE.TXT section 4.6.9.
        if (entry.getExtraField(UnicodePathExtraField.UPATH_ID) instanceof UnicodePathExtraField other) {
            report.name(new String(other.getUnicodeName(), StandardCharsets.UTF_8), true);
        }
        long claimed = entry.getSize();
        if (claimed > CLAIM_FREE && claimed / budget.config().ratioMax() > packed(entry, packed)) {
            report.tooComplex(archive + ": " + entry.getName() + " is to become " + claimed + " octets");
        }
        String name = entry.getName().toLowerCase(Locale.ROOT);
        if (name.endsWith("vbaproject.bin") || name.startsWith("xl/macrosheets/") || name.startsWith("basic/script")) {
            report.macros(archive + ": " + entry.getName());
        }
    }

    private static long packed(ZipArchiveEntry entry, int archive) {
        long size = entry.getCompressedSize();
        return size > 0 && size < archive ? size : archive;
    }
}
