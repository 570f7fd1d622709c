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
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.filter.Trace;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.mime.Look;
import org.postern.scanworkers.mime.MimeLimits;
import org.postern.scanworkers.mime.MimePart;
import org.postern.scanworkers.mime.MimeSummary;
import org.postern.scanworkers.mime.MimeWalk;
import org.postern.scanworkers.process.Workers;
import org.postern.scanworkers.process.Workers.Outcome;

/// The attachment rule. Many threads may scan at once; archives are unpacked by a few threads of its own, in memory.
final class AttachmentsFilter implements Filter {
    private final String name;
    private final AttachmentsConfig config;
    private final Set<String> blocked;
    private final Workers workers;
    private final Counter unpacked;
    private final Counter bounds;

    AttachmentsFilter(String name, AttachmentsConfig config, MeterRegistry meters) {
        this.name = name;
        this.config = config;
        this.blocked = Set.copyOf(config.blockedExtensions());
        this.workers = new Workers("unpack", config.unpack().atOnce());
        this.unpacked = Counter.builder("postern.attachments.opened")
                .description("attachments that were looked into")
                .register(meters);
        this.bounds = Counter.builder("postern.attachments.bound.reached")
                .description("mails whose archives reached a bound of unpacking")
                .register(meters);
        Gauge.builder("postern.attachments.unpacking", workers, Workers::busy)
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
        Attached attached = new Attached(deadline);
        return Look.at(() -> {
            try {
                MimeSummary summary = MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, attached::part);
                attached.structure(summary);
                return attached.found();
            } catch (Overloaded e) {
                return new NoVerdict(
                        NoVerdictReason.OVERLOADED, "all places for unpacking stayed taken", attached.found());
            } catch (TimeOver e) {
                // Without what was found: the thread that looked may not have ended yet.
                return new NoVerdict(NoVerdictReason.TIMED_OUT, "while looking into attachments");
            }
        });
    }

    /// There was no place for unpacking in time.
    private static final class Overloaded extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /// The mail's time is over.
    private static final class TimeOver extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /// The attachments of one mail.
    private final class Attached {
        private final Deadline deadline;
        private final Report report = new Report(config, blocked);
        private final UnpackBudget budget;
        private final Set<Extract> files = new LinkedHashSet<>();
        private boolean reached;

        Attached(Deadline deadline) {
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

        FilterResult.Findings found() {
            return new FilterResult.Findings(report.findings(), Trace.NONE, files);
        }

        private void open(Kind kind, String shown, InputStream all) throws IOException {
            try {
                switch (workers.run(new Opening(kind, shown, all), deadline, () -> deadline)) {
                    case Outcome.Done<Boolean> _ -> {}
                    case Outcome.NoPlace<Boolean> _ -> throw new Overloaded();
                    case Outcome.Killed<Boolean> _ -> throw new TimeOver();
                    case Outcome.Failed<Boolean>(Throwable why) -> failed(why);
                }
            } catch (UnpackBudget.Reached e) {
                reached = true;
                bounds.increment();
                report.tooComplex(String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (InterruptedIOException)
                        new InterruptedIOException("while an attachment was looked into").initCause(e);
            }
        }

        private void failed(Throwable why) throws IOException {
            switch (why) {
                case InterruptedIOException _ when deadline.expired() -> throw new TimeOver();
                case IOException io -> throw io;
                case RuntimeException runtime -> throw runtime;
                case Error error -> throw error;
                default -> throw new IllegalStateException(why);
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
        private final class Opening implements Workers.Task<Boolean> {
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
            }

            @Override
            public Boolean call() throws IOException {
                unpacked.increment();
                try (UnpackBudget.Stretch stretch = budget.start()) {
                    new Unpacker(report, budget, stretch).look(kind, shown, octets);
                }
                return true;
            }

            @Override
            public void kill() {
                budget.abandon();
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
        return new FilterStatus(
                true, blocked.size() + " blocked extensions; RAR archives that are compressed are not unpacked");
    }

    @Override
    public void close() {
        workers.close();
    }
}
