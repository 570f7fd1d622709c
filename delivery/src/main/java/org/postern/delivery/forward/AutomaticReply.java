// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.forward;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.postern.core.directory.Account;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.Domain;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.MailParameters.BodyType;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.Recipient;
import org.postern.core.mail.ReversePath;
import org.postern.delivery.dsn.OriginalHeader;
import org.postern.delivery.signing.OwnMailSigner;
import org.postern.delivery.spool.DerivedMails;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.StoredMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers a mail in the name of an account, where RFC 3834 allows it, and each sender once a week.
///
/// Where more than 100,000 write in a week, a sender may be told once more. Many threads use it.
public final class AutomaticReply {
    private static final Logger LOG = LoggerFactory.getLogger(AutomaticReply.class);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final List<String> ROBOTS =
            List.of("mailer-daemon", "postmaster", "noreply", "no-reply", "listserv");

    private final DerivedMails mails;
    private final OwnMailSigner signer;
    private final Domain hostname;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final AnsweredSenders answered;

    /// @param memory the file in which it is written whom was answered
    public AutomaticReply(
            DerivedMails mails,
            OwnMailSigner signer,
            Domain hostname,
            Path memory,
            InstantSource clock,
            MeterRegistry meters) {
        this.mails = mails;
        this.signer = signer;
        this.hostname = hostname;
        this.clock = clock;
        this.meters = meters;
        this.answered = new AnsweredSenders(memory, clock);
    }

    /// Answers, or says why not.
    ///
    /// @throws IOException when it should be tried again
    String reply(StoredMail mail, int recipient, Account account, String text, OriginalHeader header)
            throws IOException {
        Optional<String> reason = reasonNotTo(mail, account, header);
        if (reason.isPresent()) {
            meters.counter("postern.replies", "outcome", "not-sent").increment();
            return "not sent: " + reason.get();
        }
        MailAddress sender = ((ReversePath.Mailbox) mail.envelope().reversePath()).address();
        // Said before, so that of two mails at the same time one is answered.
        if (!answered.enter(account.address(), sender)) {
            meters.counter("postern.replies", "outcome", "told-before").increment();
            return "not sent: the sender was told before";
        }
        boolean kept = false;
        try {
            kept = send(mail, recipient, account, sender, text, header.header());
        } finally {
            if (kept) {
                answered.keep(account.address(), sender);
            } else {
                answered.leave(account.address(), sender);
            }
        }
        meters.counter("postern.replies", "outcome", kept ? "sent" : "not-sent").increment();
        return kept ? "sent to " + sender : "not sent: the spool refuses it";
    }

    /// @return false where it can never be kept
    private boolean send(
            StoredMail mail, int recipient, Account account, MailAddress sender, String text, MessageHeader original)
            throws IOException {
        HandoffId id = mails.id(mail.id(), "reply " + recipient);
        byte[] octets = message(id, account, sender, text, original).getBytes(StandardCharsets.UTF_8);
        byte[] signature = signer.sign(
                account.address().domain(), clock.instant(), octets, () -> new ByteArrayInputStream(new byte[0]));
        // RFC 3834 section 3.3: the null sender, so that nothing answers the answer.
        Envelope envelope = new Envelope(
                new ReversePath.Null(),
                List.of(new Recipient(new ForwardPath(sender), Set.of("NEVER"), Optional.empty())),
                new MailParameters(
                        BodyType.EIGHT_BIT_MIME,
                        sender.isInternationalized() || account.address().isInternationalized(),
                        // RFC 8689 section 6: it has the subject.
                        mail.envelope().parameters().requireTls(),
                        Optional.empty(),
                        Optional.empty()));
        return switch (mails.put("answered", mail.id(), id, envelope, signature.length + octets.length, put -> {
            put.write(signature, 0, signature.length);
            put.write(octets, 0, octets.length);
        })) {
            case SpoolStore.Commit.Accepted _ -> true;
            case SpoolStore.Commit.Refused(boolean _, String detail) -> {
                LOG.error("{}: the automatic reply of {} is refused: {}", mail.id(), account.address(), detail);
                yield false;
            }
            case SpoolStore.Commit.Indeterminate(String detail) -> throw new IOException(detail);
        };
    }

    /// RFC 3834 section 2.
    private static Optional<String> reasonNotTo(StoredMail mail, Account account, OriginalHeader original) {
        if (!(mail.envelope().reversePath() instanceof ReversePath.Mailbox(MailAddress sender))) {
            return Optional.of("the sender is the null address");
        }
        String local = sender.localPart().toLowerCase(Locale.ROOT);
        if (ROBOTS.contains(local) || local.startsWith("owner-") || local.endsWith("-request")) {
            return Optional.of("the sender is a robot");
        }
        if (account.maySendAs(mail.envelope().reversePath())) {
            return Optional.of("the sender is the account itself");
        }
        if (original.taggedAsSpam()) {
            return Optional.of("the mail was tagged as spam");
        }
        MessageHeader header = original.header();
        if (header.all("Auto-Submitted")
                .anyMatch(field -> !field.value().toLowerCase(Locale.ROOT).startsWith("no"))) {
            return Optional.of("the mail came from a program");
        }
        if (header.fields().stream().anyMatch(field -> field.canonicalName().startsWith("list-"))
                || header.all("Precedence")
                        .anyMatch(field -> Set.of("bulk", "junk", "list")
                                .contains(field.value().toLowerCase(Locale.ROOT)))) {
            return Optional.of("the mail came over a list");
        }
        // Section 2, third rule: only a mail that was meant for him.
        Stream<MailAddress> own = Stream.concat(Stream.of(account.address()), account.aliases().stream());
        String named = Stream.of("To", "Cc", "Bcc")
                .flatMap(header::all)
                .map(HeaderField::value)
                .reduce("", (a, b) -> a + "\n" + b)
                .toLowerCase(Locale.ROOT);
        return own.anyMatch(address -> named.contains(address.foldedCase().toString()))
                ? Optional.empty()
                : Optional.of("the mail does not name the account");
    }

    private String message(HandoffId id, Account account, MailAddress sender, String text, MessageHeader original) {
        StringBuilder out = new StringBuilder(1024);
        line(out, "From: <" + account.address() + ">");
        line(out, "To: <" + sender + ">");
        line(out, "Subject: " + subject(original));
        line(out, "Date: " + DATE.format(clock.instant()));
        line(out, "Message-ID: <" + id + "@" + hostname + ">");
        line(out, "Auto-Submitted: auto-replied");
        original.first("Message-ID")
                .map(HeaderField::value)
                .filter(value -> value.matches("<[!-;=?-~]{1,250}>"))
                .ifPresent(value -> {
                    line(out, "In-Reply-To: " + value);
                    line(out, "References: " + value);
                });
        line(out, "MIME-Version: 1.0");
        line(out, "Content-Type: text/plain; charset=utf-8");
        line(out, "Content-Transfer-Encoding: 8bit");
        line(out, "");
        text.lines().forEach(each -> line(out, each.replaceAll("\\p{Cntrl}", " ")));
        return out.toString();
    }

    /// RFC 3834 section 3.1.5. An encoded word is kept as it stands.
    private static String subject(MessageHeader original) {
        String subject = original.first("Subject")
                .map(HeaderField::value)
                .map(value -> value.replaceAll("[^ -~]+", " ").strip())
                .orElse("");
        return "Auto: " + (subject.length() > 200 ? subject.substring(0, 200) : subject);
    }

    private static void line(StringBuilder out, String text) {
        out.append(text).append("\r\n");
    }
}
