// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Verdict;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MailTransaction;
import org.postern.smtpfront.FrontIdentity;

/// The header fields a front puts on top of a mail. RFC 5321 section 4.4.
///
/// Fields of the same names further down are the sender's and mean nothing: bytes are kept, so only the topmost
/// are ours.
final class TraceHeader {
    private static final int FIELD_LINE_MAX = 76;
    private static final int HELO_MAX = 255;
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT);

    private final FrontIdentity identity;
    private final ZoneId zone;

    TraceHeader(FrontIdentity identity, ZoneId zone) {
        this.identity = identity;
        this.zone = zone;
    }

    byte[] of(MailTransaction mail, Assessment assessment) {
        StringBuilder header = new StringBuilder(512);
        result(header, mail, assessment);
        if (assessment.verdict() instanceof Verdict.Tag) {
            header.append("X-Spam-Flag: YES\r\n");
        }
        received(header, mail);
        for (HeaderField field : assessment.trace().add()) {
            header.append(field.name()).append(':').append(field.rawValue()).append("\r\n");
        }
        return header.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void received(StringBuilder header, MailTransaction mail) {
        ClientInfo client = mail.client();
        String address = client.address().getHostAddress();
        String literal = address.contains(":") ? "IPv6:" + address : address;
        header.append("Received: from ").append(printable(client.helo()));
        header.append(" ([").append(literal).append("])\r\n\tby ").append(identity.hostname());
        header.append(" (Postern) with ").append(protocol(mail));
        header.append(" id ").append(mail.id());
        client.tls().ifPresent(tls -> header.append("\r\n\t(").append(tls).append(')'));
        var recipients = mail.envelope().recipients();
        if (recipients.size() == 1) {
            header.append("\r\n\tfor <").append(recipients.getFirst()).append('>');
        }
        header.append(";\r\n\t").append(date(mail.received())).append("\r\n");
    }

    /// RFC 3848, RFC 6531 section 4.3.
    private static String protocol(MailTransaction mail) {
        ClientInfo client = mail.client();
        if (!client.esmtp()) {
            return "SMTP";
        }
        String base = mail.envelope().parameters().smtputf8() ? "UTF8SMTP" : "ESMTP";
        return base
                + (client.tls().isPresent() ? "S" : "")
                + (client.authenticatedAs().isPresent() ? "A" : "");
    }

    private void result(StringBuilder header, MailTransaction mail, Assessment assessment) {
        Folded field = new Folded(header, "X-Postern-Result:");
        field.word(assessment.verdict().word());
        field.word("score=" + Assessment.points(assessment.score()));
        field.word("id=" + mail.id());
        field.word("farm=" + mail.farm());
        assessment.silent().forEach((filter, silence) -> field.word("silent=" + filter + ":" + silence.reason()));
        for (Assessment.Contribution part : assessment.contributions()) {
            field.word(part.filter() + "/" + part.finding().symbol() + "=" + Assessment.points(part.points()));
        }
        header.append("\r\n");
    }

    private String date(Instant instant) {
        return DATE.format(instant.atZone(zone));
    }

    /// What a client said of itself must not be able to add a comment, a clause or a line.
    private static String printable(String text) {
        if (text.isEmpty()) {
            return "unknown";
        }
        String cut = text.length() > HELO_MAX ? text.substring(0, HELO_MAX) : text;
        StringBuilder plain = new StringBuilder(cut.length());
        for (int i = 0; i < cut.length(); i++) {
            char c = cut.charAt(i);
            boolean harmless = c < 0x80 && (Character.isLetterOrDigit(c) || "._:[]-".indexOf(c) >= 0);
            plain.append(harmless ? c : '?');
        }
        return plain.toString();
    }

    /// A field whose words go to the next line where one grows too long. RFC 5322 section 2.2.3.
    private static final class Folded {
        private final StringBuilder out;
        private int column;

        Folded(StringBuilder out, String name) {
            this.out = out.append(name);
            this.column = name.length();
        }

        void word(String word) {
            if (column + 1 + word.length() > FIELD_LINE_MAX) {
                out.append("\r\n");
                column = 0;
            }
            out.append(' ').append(word);
            column += word.length() + 1;
        }
    }
}
