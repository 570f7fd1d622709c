// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.mime.MimeLimits;
import org.postern.scanworkers.mime.MimePart;
import org.postern.scanworkers.mime.MimeSummary;
import org.postern.scanworkers.mime.MimeWalk;

/// The attachment rule. Works in memory only; many threads may scan at once.
final class AttachmentsFilter implements Filter {
    private static final int FINDINGS_MAX = 20;

    private final String name;
    private final AttachmentsConfig config;
    private final Set<String> blocked;

    AttachmentsFilter(String name, AttachmentsConfig config) {
        this.name = name;
        this.config = config;
        this.blocked = Set.copyOf(config.blockedExtensions());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return Cost.CHEAP;
    }

    @Override
    public double lowestScore() {
        return 0;
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        Set<Finding> findings = new LinkedHashSet<>();
        try {
            MimeSummary summary = MimeWalk.walk(
                    mail.content(),
                    mail.header(),
                    MimeLimits.DEFAULTS,
                    (part, decoded) -> look(part, decoded, findings));
            structure(summary, findings);
        } catch (InterruptedIOException e) {
            throw (InterruptedException) new InterruptedException("while reading the mail").initCause(e);
        } catch (IOException e) {
            return new FilterResult.NoVerdict(NoVerdictReason.INTERNAL_ERROR, "the mail cannot be read: " + e);
        }
        return new FilterResult.Findings(findings.stream().limit(FINDINGS_MAX).toList());
    }

    private void look(MimePart part, InputStream decoded, Set<Finding> findings) throws IOException {
        for (String raw : part.fileNames()) {
            judge(raw, "ATTACHMENT_BLOCKED", findings);
        }
        if (part.isText() && part.fileNames().isEmpty()) {
            return;
        }
        ZipNames zip = new ZipNames();
        zip.scan(decoded);
        for (String raw : zip.names()) {
            judge(raw, "ATTACHMENT_BLOCKED_IN_ARCHIVE", findings);
        }
        if (zip.encrypted()) {
            add(findings, "ATTACHMENT_ENCRYPTED", config.encryptedScore(), String.join(", ", part.fileNames()));
        }
    }

    private void judge(String raw, String symbol, Set<Finding> findings) {
        FileName file = FileName.of(raw);
        if (blocked.contains(file.extension())) {
            add(findings, symbol, config.blockedScore(), file.name());
        }
        if (file.isDisguised(blocked)) {
            add(findings, "ATTACHMENT_NAME_DISGUISED", config.disguisedScore(), file.name());
        }
    }

    private void structure(MimeSummary summary, Set<Finding> findings) {
        if (!summary.complete()) {
            add(
                    findings,
                    "ATTACHMENT_TOO_COMPLEX",
                    config.tooComplexScore(),
                    "more than " + summary.parts() + " parts");
        }
        if (!summary.ambiguities().isEmpty()) {
            add(
                    findings,
                    "ATTACHMENT_AMBIGUOUS",
                    config.ambiguousScore(),
                    summary.ambiguities().stream().sorted().toList().toString());
        }
    }

    private static void add(Set<Finding> findings, String symbol, double score, String evidence) {
        if (findings.size() < FINDINGS_MAX
                && findings.stream().noneMatch(f -> f.symbol().equals(symbol))) {
            findings.add(new Finding(symbol, score, evidence));
        }
    }

    @Override
    public FilterStatus status(Deadline deadline) {
        return new FilterStatus(true, blocked.size() + " blocked extensions");
    }

    @Override
    public void close() {}
}
