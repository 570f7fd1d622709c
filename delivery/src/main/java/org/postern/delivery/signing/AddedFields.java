// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.signing;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.Domain;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.ReversePath;

/// The fields a submitted mail lacks. Nothing that is there is changed. RFC 6409 section 8.
final class AddedFields {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private AddedFields() {}

    /// The same for every repetition of the same handoff.
    static String of(MessageHeader header, HandoffId id, Instant when, ReversePath sender, Domain hostname) {
        StringBuilder fields = new StringBuilder();
        if (header.first("Date").isEmpty()) {
            fields.append("Date: ").append(DATE.format(when)).append("\r\n");
        }
        if (header.first("Message-ID").isEmpty()) {
            fields.append("Message-ID: <" + id.transaction() + "@" + hostname + ">\r\n");
        }
        if (sender instanceof ReversePath.Mailbox(MailAddress address)) {
            if (header.first("From").isEmpty()) {
                fields.append("From: <").append(address).append(">\r\n");
            } else if (header.first("Sender").isEmpty() && !names(header, address)) {
                // RFC 6409 section 8.1: who really sent it.
                fields.append("Sender: <").append(address).append(">\r\n");
            }
        }
        return fields.toString();
    }

    private static boolean names(MessageHeader header, MailAddress address) {
        return header.all("From")
                .map(HeaderField::value)
                .collect(Collectors.joining(","))
                .toLowerCase(Locale.ROOT)
                .contains(address.foldedCase().toString());
    }
}
