// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.Recipient;
import org.postern.core.mail.ReversePath;

/// One mail to send over one connection.
///
/// @param recipients 1 to 1000
/// @param parameters what MAIL said when the mail came
/// @param international whether it cannot be sent without SMTPUTF8. RFC 6531 section 3.2
/// @param size octets
/// @param body opens a new stream over them; its last read may throw where they are not what was
///     acknowledged
public record MailRequest(
        ReversePath sender,
        List<Recipient> recipients,
        MailParameters parameters,
        boolean international,
        long size,
        Body body) {
    public MailRequest {
        recipients = List.copyOf(recipients);
        if (recipients.isEmpty() || recipients.size() > 1000) {
            throw new IllegalArgumentException("a transaction has 1 to 1000 recipients");
        }
    }

    /// Opens the octets of a mail.
    public interface Body {
        InputStream open() throws IOException;
    }
}
