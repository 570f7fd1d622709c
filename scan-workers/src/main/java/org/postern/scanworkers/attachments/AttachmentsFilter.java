// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.postern.core.filter.Extract;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.filter.Trace;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.mime.MimeLimits;
import org.postern.scanworkers.mime.MimePart;
import org.postern.scanworkers.mime.MimeSummary;
import org.postern.scanworkers.mime.MimeWalk;

/// The attachment rule. Many threads may scan at once; archives are unpacked by a few threads of its own, in memory.
final class AttachmentsFilter implements Filter {
    private final String name;
    private final AttachmentsConfig config;
    private final Set<String> blocked;
    private final Workshop workshop;
    private final Counter unpacked;
    private final Counter bounds;

    AttachmentsFilter(String name, AttachmentsConfig config, MeterRegistry meters) {
        this.name = name;
        this.config = config;
        this.blocked = Set.copyOf(config.blockedExtensions());
        int atOnce = config.unpack().atOnce();
        this.workshop = new Workshop("unpack", atOnce);
        this.unpacked = Counter.builder("postern.attachments.opened")
                .description("attachments that were looked into")
                .register(meters);
        this.bounds = Counter.builder("postern.attachments.bound.reached")
                .description("mails whose archives reached a bound of unpacking")
                .register(meters);
        Gauge.builder("postern.attachments.unpacking", workshop, each -> each.busy(atOnce))
                .description("attachments that are being looked into")
                .register(meters);
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
    public Optional<String> contentState() {
        return Optional.of("as configured"); // the settings hold as long as the process, and so does the cache
    }

    /// The hashes of attachments, for lists of hashes.
    @Override
    public boolean extracts() {
        return true;
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        Look look = new Look(deadline);
        try {
            MimeSummary summary = MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, look::part);
            look.structure(summary);
        } catch (Overloaded e) {
            return new FilterResult.NoVerdict(NoVerdictReason.OVERLOADED, "all places for unpacking stayed taken");
        } catch (InterruptedIOException e) {
            if (deadline.expired()) {
                return new FilterResult.NoVerdict(NoVerdictReason.TIMED_OUT, "while looking into attachments");
            }
            throw (InterruptedException) new InterruptedException("while reading the mail").initCause(e);
        } catch (IOException e) {
            return new FilterResult.NoVerdict(NoVerdictReason.INTERNAL_ERROR, "the mail cannot be read: " + e);
        }
        return new FilterResult.Findings(look.report.findings(), Trace.NONE, look.files);
    }

    /// There was no place for unpacking in time.
    private static final class Overloaded extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /// The look at one mail.
    private final class Look {
        private final Deadline deadline;
        private final Report report = new Report(config, blocked);
        private final UnpackBudget budget;
        private final Set<Extract> files = new LinkedHashSet<>();
        private boolean reached;

        Look(Deadline deadline) {
            this.deadline = deadline;
            this.budget = new UnpackBudget(config.unpack(), deadline);
        }

        void part(MimePart part, InputStream decoded) throws IOException {
            Set<String> names = part.fileNames();
            names.forEach(each -> report.name(each, false));
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
            if (kind == Kind.NONE) {
                appended(shown, all);
            } else if (!reached) {
                open(kind, shown, all);
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

        private void open(Kind kind, String shown, InputStream all) throws IOException {
            Opening opening = new Opening(kind, shown, all);
            try {
                if (!workshop.run(opening, deadline)) {
                    throw new Overloaded();
                }
            } catch (UnpackBudget.Reached e) {
                reached = true;
                bounds.increment();
                report.tooComplex(String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                budget.abandon();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("while an attachment was looked into");
            }
        }

        void structure(MimeSummary summary) {
            if (!summary.complete()) {
                report.tooComplex("more than " + summary.parts() + " parts");
            }
            if (!summary.ambiguities().isEmpty()) {
                report.ambiguous(
                        summary.ambiguities().stream().sorted().toList().toString());
            }
        }

        /// One attachment being looked into; it is in memory only while it has a place.
        private final class Opening implements Workshop.Work {
            private final Kind kind;
            private final String shown;
            private final InputStream all;
            private byte[] octets = new byte[0];

            Opening(Kind kind, String shown, InputStream all) {
                this.kind = kind;
                this.shown = shown;
                this.all = all;
            }

            @Override
            public void prepare() throws IOException {
                int max = config.unpack().fileMax().toIntExact();
                octets = all.readNBytes(max + 1);
                if (octets.length > max) {
                    throw new UnpackBudget.Reached(
                            shown + " is larger than " + config.unpack().fileMax());
                }
                unpacked.increment();
            }

            @Override
            public void run() throws IOException {
                try (UnpackBudget.Stretch stretch = budget.start()) {
                    new Unpacker(report, budget, stretch).open(kind, shown, octets, 1);
                }
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    @Override
    public FilterStatus status(Deadline deadline) {
        return new FilterStatus(true, blocked.size() + " blocked extensions; RAR archives are not unpacked");
    }

    @Override
    public void close() {
        workshop.close();
    }
}
