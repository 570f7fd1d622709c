// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.util.List;

/// Sender, recipients and parameters of one mail transaction, exactly as told. RFC 5321 section 2.3.1.
///
/// @param reversePath the sender
/// @param recipients one or more, in the order they came; a recipient named twice stands here twice
/// @param parameters what MAIL said of the whole mail
public record Envelope(ReversePath reversePath, List<Recipient> recipients, MailParameters parameters) {
    public Envelope {
        recipients = List.copyOf(recipients);
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("an envelope has at least one recipient");
        }
    }

    /// Without parameters of MAIL and RCPT. Throws `IllegalArgumentException` where there are no recipients.
    public static Envelope of(ReversePath reversePath, List<ForwardPath> recipients) {
        return new Envelope(reversePath, recipients.stream().map(Recipient::of).toList(), MailParameters.NONE);
    }
}
