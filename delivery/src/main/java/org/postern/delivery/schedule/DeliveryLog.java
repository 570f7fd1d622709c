// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import java.time.Duration;
import java.time.InstantSource;
import org.postern.core.text.PlainText;
import org.postern.delivery.spool.StoredMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says what became of a mail, one line for each recipient and attempt: whoever looks for a mail finds them by its id
/// or by the recipient. Addresses and replies are other people's text, of which nothing can end a line or hide one.
final class DeliveryLog {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLog.class);
    private static final int TEXT_MAX = 1000;

    private final StoredMail mail;
    private final InstantSource clock;

    DeliveryLog(StoredMail mail, InstantSource clock) {
        this.mail = mail;
        this.clock = clock;
    }

    void delivered(int recipient, String text) {
        if (LOG.isInfoEnabled()) {
            LOG.info("{} to {} delivered after {}: {}", mail.id(), name(recipient), delay(), printable(text));
        }
    }

    void deferred(int recipient, String reason) {
        if (LOG.isInfoEnabled()) {
            LOG.info("{} to {} deferred after {}: {}", mail.id(), name(recipient), delay(), printable(reason));
        }
    }

    /// @param told what its sender is told
    void failed(int recipient, String reason, String told) {
        LOG.warn(
                "{} to {} failed after {}: {}; {}",
                mail.id(),
                name(recipient),
                delay(),
                printable(reason),
                printable(told));
    }

    /// @param told what its sender is told
    void waits(String told) {
        LOG.info("{} waits: {}", mail.id(), printable(told));
    }

    private String name(int recipient) {
        return printable(mail.envelope().recipients().get(recipient).toString());
    }

    /// Since the mail was kept. A clock that was set back makes it nothing, never less.
    private String delay() {
        long millis =
                Math.max(0, Duration.between(mail.received(), clock.instant()).toMillis());
        String rest = Long.toString(1000 + millis % 1000).substring(1);
        return millis / 1000 + "." + rest + " s";
    }

    static String printable(String text) {
        return PlainText.of(text, TEXT_MAX);
    }
}
