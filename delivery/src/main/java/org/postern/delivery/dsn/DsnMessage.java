// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.dsn;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.MailParameters.BodyType;
import org.postern.core.mail.Recipient;
import org.postern.delivery.spool.StoredMail;

/// The octets of one report: multipart/report with a text for people, one for programs, and what came.
final class DsnMessage {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    /// RFC 5322 section 2.1.1: 998 octets in a line; a character may have four.
    private static final int TEXT_MAX = 400;
    private static final int TEXT_MAX_UTF8 = 230;

    private final Domain hostname;
    private final HandoffId id;
    private final Instant now;
    private final StoredMail mail;
    private final OriginalHeader header;
    private final List<DsnReport> reports;
    private final MailAddress to;
    private final boolean whole;
    private final boolean international;

    DsnMessage(
            Domain hostname,
            HandoffId id,
            Instant now,
            StoredMail mail,
            OriginalHeader header,
            List<DsnReport> reports,
            MailAddress to,
            boolean whole) {
        this.hostname = hostname;
        this.id = id;
        this.now = now;
        this.mail = mail;
        this.header = header;
        this.reports = reports;
        this.to = to;
        this.whole = whole;
        this.international = mail.envelope().parameters().smtputf8()
                || to.isInternationalized()
                || mail.envelope().recipients().stream()
                        .anyMatch(each -> each.path().address().isInternationalized());
    }

    boolean whole() {
        return whole;
    }

    /// Whether the report itself needs SMTPUTF8. RFC 6533.
    boolean international() {
        return international;
    }

    BodyType body() {
        return international || header.isInternational() || whole ? BodyType.EIGHT_BIT_MIME : BodyType.SEVEN_BIT;
    }

    private String boundary() {
        return "=_" + id.transaction();
    }

    /// Everything before the octets of the original.
    byte[] top() {
        StringBuilder out = new StringBuilder(2048);
        line(out, "From: Mail Delivery System <MAILER-DAEMON@" + hostname + ">");
        line(out, "To: <" + to + ">");
        line(out, "Subject: " + subject());
        line(out, "Date: " + DATE.format(now));
        line(out, "Message-ID: <" + id + "@" + hostname + ">");
        line(out, "Auto-Submitted: auto-replied"); // RFC 3834 section 5
        header.header()
                .first("Message-ID")
                .map(field -> field.value())
                .filter(value -> value.matches("<[!-;=?-~]{1,250}>"))
                .ifPresent(value -> line(out, "In-Reply-To: " + value));
        line(out, "MIME-Version: 1.0");
        line(out, "Content-Type: multipart/report; report-type=delivery-status;");
        line(out, "\tboundary=\"" + boundary() + "\"");
        if (body() == BodyType.EIGHT_BIT_MIME) {
            line(out, "Content-Transfer-Encoding: 8bit");
        }
        line(out, "");
        part(out, international ? "text/plain; charset=utf-8" : "text/plain; charset=us-ascii", international);
        people(out);
        part(out, international ? "message/global-delivery-status" : "message/delivery-status", international);
        programs(out);
        if (whole) {
            part(out, international ? "message/global" : "message/rfc822", true);
            return out.toString().getBytes(StandardCharsets.UTF_8);
        }
        boolean utf8 = international && header.isInternational();
        part(out, utf8 ? "message/global-headers" : "text/rfc822-headers", header.isInternational());
        byte[] text = out.toString().getBytes(StandardCharsets.UTF_8);
        byte[] fields = header.text();
        byte[] both = new byte[text.length + fields.length];
        System.arraycopy(text, 0, both, 0, text.length);
        System.arraycopy(fields, 0, both, text.length, fields.length);
        return both;
    }

    /// Everything after them.
    byte[] bottom() {
        return ("\r\n--" + boundary() + "--\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private void part(StringBuilder out, String type, boolean eightBit) {
        line(out, "--" + boundary());
        line(out, "Content-Type: " + type);
        if (eightBit) {
            line(out, "Content-Transfer-Encoding: 8bit");
        }
        line(out, "");
    }

    private String subject() {
        return switch (reports.getFirst().action()) {
            case FAILED -> "Undelivered mail: returned to its sender";
            case DELAYED -> "Delayed mail: still being tried";
            case DELIVERED, RELAYED -> "Delivery report";
        };
    }

    private void people(StringBuilder out) {
        line(out, "This is the mail system at " + hostname + ".");
        line(out, "");
        line(
                out,
                switch (reports.getFirst().action()) {
                    case FAILED -> "Your mail could not be delivered to the recipients below. It is not tried again.";
                    case DELAYED ->
                        "Your mail could not be delivered to the recipients below yet. It is still being tried;"
                                + " you need not send it again.";
                    case DELIVERED, RELAYED -> "This is the report you asked for.";
                });
        for (DsnReport report : reports) {
            line(out, "");
            line(out, "<" + recipient(report) + ">: " + word(report.action()));
            line(out, "    " + printable(report.text()));
        }
        line(out, "");
    }

    /// RFC 3464 section 2.
    private void programs(StringBuilder out) {
        mail.envelope()
                .parameters()
                .envelopeId()
                .ifPresent(envid -> line(out, "Original-Envelope-Id: " + printable(envid)));
        line(out, "Reporting-MTA: dns; " + hostname);
        line(out, "Arrival-Date: " + DATE.format(mail.received()));
        for (DsnReport report : reports) {
            Recipient recipient = mail.envelope().recipients().get(report.recipient());
            line(out, "");
            recipient.originalRecipient().ifPresent(orcpt -> line(out, "Original-Recipient: " + original(orcpt)));
            line(out, "Final-Recipient: " + type(recipient.path().address()) + "; " + recipient);
            line(out, "Action: " + word(report.action()));
            line(out, "Status: " + report.diagnosis().status());
            if (!report.diagnosis().remote().isEmpty()) {
                line(out, "Remote-MTA: dns; " + printable(report.diagnosis().remote()));
            }
            if (!report.diagnosis().reply().isEmpty()) {
                line(
                        out,
                        "Diagnostic-Code: smtp; " + printable(report.diagnosis().reply()));
            }
            line(out, "Last-Attempt-Date: " + DATE.format(now));
        }
        line(out, "");
    }

    /// RFC 6533 section 3.
    private static String type(MailAddress address) {
        return address.isInternationalized() ? "utf-8" : "rfc822";
    }

    private String original(String orcpt) {
        int semicolon = orcpt.indexOf(';');
        return semicolon < 1
                ? "rfc822; " + printable(orcpt)
                : printable(orcpt.substring(0, semicolon)) + "; " + printable(orcpt.substring(semicolon + 1));
    }

    private Recipient recipient(DsnReport report) {
        return mail.envelope().recipients().get(report.recipient());
    }

    private static String word(DsnReport.Action action) {
        return action.name().toLowerCase(Locale.ROOT);
    }

    /// What others said must not be able to add a line, nor anything beside US-ASCII to a report
    /// that is US-ASCII.
    private String printable(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\x{80}-\\x{9f}\\x{2028}\\x{2029}]+", " ")
                .strip();
        line = international ? line : line.replaceAll("[^ -~]", "?");
        int most = international ? TEXT_MAX_UTF8 : TEXT_MAX;
        return line.length() > most ? line.substring(0, most) : line;
    }

    private static void line(StringBuilder out, String text) {
        out.append(text).append("\r\n");
    }
}
