// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.PasswordRequiredException;
import org.postern.scanworkers.attachments.UnpackBudget.Reached;
import org.postern.scanworkers.attachments.UnpackBudget.Stretch;

/// Looks into one attachment: the files in it, the files in those, and what documents hold. Runs on one thread; nothing
/// is written anywhere.
final class Unpacker {
    private static final Set<Kind> HOLD_OTHERS_AS_THEY_ARE =
            EnumSet.of(Kind.TAR, Kind.CPIO, Kind.AR, Kind.SEVEN_Z, Kind.RAR);
    /// As far as the programs look.
    private static final int BEHIND_MAX = 4 * 1024 * 1024;

    private final Report report;
    private final UnpackBudget budget;
    private final Stretch stretch;
    private final PackedFiles packed;
    private final StoredFiles stored;
    /// Octets of the files that lie around the one being looked at.
    private long held;

    Unpacker(Report report, UnpackBudget budget, Stretch stretch) {
        this.report = report;
        this.budget = budget;
        this.stretch = stretch;
        this.packed = new PackedFiles(report, budget, stretch, this::file);
        this.stored = new StoredFiles(report, budget, stretch, this::file);
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
                case SEVEN_Z -> packed.sevenZ(name, octets, depth);
                case TAR, CPIO, AR -> packed.streamed(kind, name, octets, depth);
                case GZIP, BZIP2, XZ, LZ4 -> packed.compressed(kind, name, octets, depth);
                case RAR -> stored.rar(name, octets, depth);
                case CABINET -> stored.cabinet(name, octets, depth);
                case DISK_IMAGE -> stored.image(name, octets, depth);
                case OLE -> stored.ole(name, octets, depth);
                case TNEF -> stored.tnef(name, octets, depth);
                case PDF -> {
                    if (PdfEncryption.isEncrypted(octets)) {
                        report.encryptedDocument(name);
                    }
                }
                case OTHER_ARCHIVE ->
                    report.unreadable(name + ": "
                            + Kind.unopened(octets, octets.length).orElse("an archive") + ", which is not opened");
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
        behind(kind, name, octets, depth);
    }

    /// A file in an archive: its first octets against its name, and what is in it.
    private void file(String name, InputStream in, int depth) throws IOException {
        byte[] head = in.readNBytes(Kind.HEAD);
        report.content(name, head, head.length);
        if (OfficeParts.areIn(name)) {
            parts(name, new SequenceInputStream(new ByteArrayInputStream(head), in));
            return;
        }
        Kind kind = Kind.of(head, head.length);
        if (kind == Kind.NONE && !FileName.of(name).isArchive()) {
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

    private void parts(String name, InputStream in) throws IOException {
        byte[] octets = in.readNBytes(OfficeParts.OCTETS_MAX + 1);
        if (octets.length > OfficeParts.OCTETS_MAX) {
            throw new Reached(name + " is larger than " + OfficeParts.OCTETS_MAX + " octets");
        }
        OfficeParts parts = OfficeParts.of(octets);
        if (parts.remote()) {
            report.remote(name);
        }
        if (parts.macros()) {
            report.macros(name);
        }
    }

    /// Archives that do not begin where the file begins: programs look for the directory of a zip archive at the
    /// end, for a file system behind the first sectors of a disk, and for the signatures of others behind what
    /// unpacks them, whatever that is. The name says which program is asked.
    private void behind(Kind kind, String name, byte[] octets, int depth) throws IOException {
        // The names of an attachment, where it has several, stand in a row.
        if (Arrays.stream(name.split(", ", -1))
                .noneMatch(each -> FileName.of(each).isArchive())) {
            return;
        }
        if (kind != Kind.DISK_IMAGE
                && (IsoImage.hasDescriptor(octets, "CD001") || IsoImage.hasDescriptor(octets, "NSR0"))) {
            stored.image(name, octets, depth);
        }
        if (kind == Kind.ZIP) {
            return;
        }
        if (ZipHeaders.directoryAtEnd(octets)) {
            new ZipReadings(report, budget, stretch, this::file).read(name, octets, depth);
        }
        if (HOLD_OTHERS_AS_THEY_ARE.contains(kind)) {
            return;
        }
        for (int at = 1; at < Math.min(octets.length - 8, BEHIND_MAX); at++) {
            if (octets[at] == 'R' || octets[at] == '7') {
                Kind other = Kind.of(octets, at, Math.min(octets.length, at + 8));
                if (other == Kind.RAR || other == Kind.SEVEN_Z) {
                    if (held > budget.config().fileMax().bytes()) {
                        throw new Reached(name + ": an archive behind other octets, which takes too much memory");
                    }
                    open(other, name, Arrays.copyOfRange(octets, at, octets.length), depth + 1);
                    return;
                }
            }
        }
    }
}
