// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;
import org.postern.core.filter.Extract;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Trace;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.mime.MimePart;
import org.postern.scanworkers.mime.MimeSummary;

/// The attachments of one mail, judged one after the other. Used by one thread.
final class Attached {
    private final Report report;
    private final Opener opener;
    private final Opener.Work work;
    private final Set<Extract> files = new LinkedHashSet<>();
    private boolean reached;

    Attached(AttachmentsConfig config, Set<String> blocked, Opener opener, Deadline deadline) {
        this.report = new Report(config, blocked);
        this.opener = opener;
        this.work = new Opener.Work(report, new UnpackBudget(config.unpack(), deadline), deadline);
    }

    void part(MimePart part, InputStream decoded) throws IOException {
        Set<String> names = part.fileNames();
        names.forEach(each -> report.name(each, false));
        if (part.mediaTypes().contains("message/partial")) {
            report.fragment("message/partial");
        }
        byte[] head = decoded.readNBytes(Kind.HEAD);
        Kind kind = Kind.of(head, head.length);
        if (head.length == 0 || (kind == Kind.NONE && part.isText() && names.isEmpty())) {
            return;
        }
        String shown = names.isEmpty() ? part.mediaType() : String.join(", ", names);
        report.content(names.isEmpty() ? "" : names.iterator().next(), head, head.length);
        MessageDigest digest = sha256();
        InputStream all =
                new DigestInputStream(new SequenceInputStream(new ByteArrayInputStream(head), decoded), digest);
        boolean archive = names.stream().anyMatch(each -> FileName.of(each).isArchive());
        if (kind == Kind.NONE && !archive) {
            appended(shown, all);
        } else if (!reached) {
            reached = !opener.open(kind, shown, all, work);
        }
        all.transferTo(OutputStream.nullOutputStream());
        if (files.size() < Extract.MAX) {
            files.add(new Extract.File(HexFormat.of().formatHex(digest.digest())));
        }
    }

    /// A zip archive may stand behind anything: a picture, a program that unpacks itself.
    private void appended(String shown, InputStream all) throws IOException {
        ZipHeaders zip = new ZipHeaders();
        zip.scan(all);
        zip.names().forEach(each -> report.name(each, true));
        if (zip.encrypted()) {
            report.encrypted(shown);
        }
    }

    void structure(MimeSummary summary) {
        if (!summary.complete()) {
            report.tooComplex("more than " + summary.parts() + " parts");
        }
        if (!summary.ambiguities().isEmpty()) {
            report.ambiguous(summary.ambiguities().stream().sorted().toList().toString());
        }
    }

    FilterResult.Findings found() {
        return new FilterResult.Findings(report.findings(), Trace.NONE, files);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
