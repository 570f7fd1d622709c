// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.spamd;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.postern.core.dns.DnsName;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.client.ReverseName;

/// The header fields SpamAssassin expects above a mail, for it judges the client by them: who sent it, and from
/// where. They are made for it alone; the mail itself stays as it is.
final class TraceHeader {
    private TraceHeader() {}

    static byte[] of(MailTransaction mail, ReverseName client) {
        String helo = mail.client().helo().replaceAll("[^A-Za-z0-9.:\\[\\]_-]", "?");
        String from = mail.envelope().reversePath().toString().replaceAll("[^\\x21-\\x7e]", "?");
        String date =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(mail.received().atOffset(ZoneOffset.UTC));
        String address = mail.client().address().getHostAddress();
        // Without brackets SpamAssassin takes it that nobody looked for a name, which is so.
        String came = switch (client) {
            case ReverseName.Confirmed(DnsName name) -> name + " [" + address + "]";
            case ReverseName.None _, ReverseName.NotConfirmed _ -> "[" + address + "]";
            case ReverseName.Unknown _ -> address;
        };
        return ("X-Envelope-From: <" + from + ">\r\nReceived: from " + helo + " ("
                        + came + ")\r\n\tby postern.invalid with "
                        + (mail.client().authenticatedAs().isPresent() ? "ESMTPA" : "ESMTP") + " id " + mail.id()
                        + ";\r\n\t" + date + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
