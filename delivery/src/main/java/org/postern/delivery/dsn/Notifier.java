// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.dsn;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.Domain;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.Recipient;
import org.postern.core.mail.ReversePath;
import org.postern.delivery.signing.OwnMailSigner;
import org.postern.delivery.spool.DerivedMails;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.StoredMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides who is told what, and puts the report into the spool. Used by many threads at once.
public final class Notifier {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
    private static final String REFUSED = "refused";

    private final DsnConfig config;
    private final Domain hostname;
    private final DerivedMails mails;
    private final OwnMailSigner signer;
    private final InstantSource clock;
    private final MeterRegistry meters;

    /// @param hostname what this store calls itself
    public Notifier(
            DsnConfig config,
            Domain hostname,
            DerivedMails mails,
            OwnMailSigner signer,
            InstantSource clock,
            MeterRegistry meters) {
        this.config = config;
        this.hostname = hostname;
        this.mails = mails;
        this.signer = signer;
        this.clock = clock;
        this.meters = meters;
    }

    /// What was done.
    ///
    /// @param text for the log
    /// @param settled false where a report should have been made and cannot be kept
    public record Told(String text, boolean settled) {}

    /// Tells the sender, where he wants to know and may be told. When this returns, the report is
    /// durable.
    ///
    /// @param reports all of one kind: failed, delayed, or delivered and relayed
    /// @throws IOException when it should be tried again
    public Told tell(StoredMail mail, List<DsnReport> reports) throws IOException {
        return switch (mail.envelope().reversePath()) {
            case ReversePath.Null() -> doubleBounce(mail, reports);
            case ReversePath.Mailbox(MailAddress sender) -> {
                List<DsnReport> wanted =
                        reports.stream().filter(report -> wanted(mail, report)).toList();
                if (wanted.isEmpty()) {
                    yield count(reports, "not-wanted", "the sender does not want to be told");
                }
                OriginalHeader header = OriginalHeader.of(mail);
                // A report on spam goes to somebody whose address was used: RFC 5321 section 6.2 allows to drop it.
                yield header.taggedAsSpam()
                        ? count(wanted, "spam", "nobody is told: the mail was tagged as spam")
                        : send(mail, header, wanted, sender);
            }
        };
    }

    /// RFC 3461 section 4.1: without NOTIFY, failures and, if one likes, delays.
    private static boolean wanted(StoredMail mail, DsnReport report) {
        Set<String> notify =
                mail.envelope().recipients().get(report.recipient()).dsnNotify();
        return switch (report.action()) {
            case FAILED -> notify.isEmpty() || notify.contains("FAILURE");
            case DELAYED -> notify.isEmpty() || notify.contains("DELAY");
            case DELIVERED, RELAYED -> notify.contains("SUCCESS");
        };
    }

    /// A report that fails makes no report; RFC 5321 section 6.1. The postmaster may be told, once.
    private Told doubleBounce(StoredMail mail, List<DsnReport> reports) throws IOException {
        Optional<MailAddress> postmaster = config.doubleBouncesTo();
        boolean failed = reports.getFirst().action() == DsnReport.Action.FAILED;
        boolean toHimself = postmaster.isPresent()
                && mail.envelope().recipients().stream()
                        .anyMatch(each -> each.path().address().equals(postmaster.get()));
        if (!failed || postmaster.isEmpty() || toHimself) {
            return count(reports, "double", "nobody is told: the sender is the null address");
        }
        return send(mail, OriginalHeader.of(mail), reports, postmaster.get());
    }

    private Told send(StoredMail mail, OriginalHeader header, List<DsnReport> reports, MailAddress to)
            throws IOException {
        HandoffId id = mails.id(mail.id(), "dsn " + what(reports));
        Instant now = clock.instant();
        DsnMessage message = new DsnMessage(hostname, id, now, mail, header, reports, to, whole(mail, reports));
        // RFC 3461 section 6.1: the null sender, and no further reports.
        Envelope envelope = new Envelope(
                new ReversePath.Null(),
                List.of(new Recipient(new ForwardPath(to), Set.of("NEVER"), Optional.empty())),
                new MailParameters(
                        message.body(),
                        message.international(),
                        // RFC 8689 section 5: it holds the header, so it goes back no less protected than it came.
                        mail.envelope().parameters().requireTls(),
                        Optional.empty(),
                        Optional.empty()));
        byte[] top = message.top();
        byte[] bottom = message.bottom();
        long returned = message.whole() ? mail.bodyLength() : 0;
        byte[] signature = signer.sign(
                hostname,
                now,
                top,
                () -> message.whole()
                        ? new SequenceInputStream(mail.body(), new ByteArrayInputStream(bottom))
                        : new ByteArrayInputStream(bottom));
        long length = signature.length + top.length + returned + bottom.length;
        SpoolStore.Commit kept = mails.put("reported", mail.id(), id, envelope, length, put -> {
            put.write(signature, 0, signature.length);
            put.write(top, 0, top.length);
            if (message.whole()) {
                mail.copyTo(put::write);
            }
            put.write(bottom, 0, bottom.length);
        });
        return switch (kept) {
            case SpoolStore.Commit.Accepted(boolean duplicate, HandoffId as) ->
                count(reports, "sent", "told " + to + " in " + as);
            case SpoolStore.Commit.Refused(boolean permanent, String detail) -> {
                LOG.error("{}: {} cannot be told: {}", mail.id(), to, detail);
                yield count(reports, REFUSED, "nobody is told: " + detail);
            }
            case SpoolStore.Commit.Indeterminate(String detail) -> throw new IOException(detail);
        };
    }

    /// RFC 3461 section 4.3: the whole message only where it is asked for, and only with a failure.
    private boolean whole(StoredMail mail, List<DsnReport> reports) {
        return reports.getFirst().action() == DsnReport.Action.FAILED
                // RFC 8689 section 5: what demanded TLS does not come back over whatever way there is.
                && !mail.envelope().parameters().requireTls()
                && mail.bodyLength() <= config.returnMax().bytes()
                && mail.envelope().parameters().body() != MailParameters.BodyType.BINARY_MIME
                && mail.envelope().parameters().returnContent().orElse("HDRS").equals("FULL");
    }

    private static String what(List<DsnReport> reports) {
        return kind(reports) + " "
                + reports.stream()
                        .map(report -> Integer.toString(report.recipient()))
                        .collect(Collectors.joining(","));
    }

    private static String kind(List<DsnReport> reports) {
        return switch (reports.getFirst().action()) {
            case FAILED -> "failed";
            case DELAYED -> "delayed";
            case DELIVERED, RELAYED -> "success";
        };
    }

    private Told count(List<DsnReport> reports, String outcome, String text) {
        meters.counter("postern.dsn", "kind", kind(reports).toLowerCase(Locale.ROOT), "outcome", outcome)
                .increment();
        return new Told(text, !outcome.equals(REFUSED));
    }
}
