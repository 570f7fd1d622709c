// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.MailParameters;
import org.postern.delivery.Mails;

/// The only mail of a spool, as a delivery has it.
public final class SpooledMail {
    private SpooledMail() {}

    /// Keeps a short mail and claims it.
    public static StoredMail of(SpoolStore spool, Envelope plain, MailParameters parameters, Instant received)
            throws IOException, InterruptedException {
        byte[] octets = "Subject: x\r\n\r\nbody\r\n".getBytes(StandardCharsets.US_ASCII);
        Envelope envelope = new Envelope(plain.reversePath(), plain.recipients(), parameters);
        Submission submission = new Submission(
                Mails.newId(),
                DedupKey.of(envelope, Mails.sha256(octets)),
                envelope,
                Disposition.DELIVER,
                octets.length,
                false,
                received);
        if (spool.begin(submission, Mails.soon()) instanceof SpoolStore.Begin.Open(var put)) {
            try (put) {
                put.write(octets, 0, octets.length);
                assertThat(put.commit()).isInstanceOf(SpoolStore.Commit.Accepted.class);
            }
        }
        return spool.open(spool.claim(1, Duration.ofSeconds(10)).getFirst());
    }
}
