// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import java.nio.file.Path;
import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.delivery.dsn.DsnConfig;
import org.postern.delivery.handoff.HandoffServerConfig;
import org.postern.delivery.lmtp.LmtpConfig;
import org.postern.delivery.maildir.MaildirConfig;
import org.postern.delivery.qmqp.QmqpServerConfig;
import org.postern.delivery.quarantine.QuarantineConfig;
import org.postern.delivery.relay.RelayConfig;
import org.postern.delivery.schedule.DeliveryConfig;
import org.postern.delivery.signing.OwnSigningConfig;
import org.postern.delivery.spool.SpoolConfig;

/// Settings of the store role.
@Doc("The central store: takes mail from fronts, keeps it, delivers it.")
public record StoreConfig(
        @Doc("The durable spool.") SpoolConfig spool,

        @Doc("Postern's own handoff, which fronts speak.") HandoffServerConfig handoff,

        @Doc("Plain QMQP, for any other client.") QmqpServerConfig qmqp,

        @Doc("The delivery schedule.") DeliveryConfig delivery,

        @Doc("Mailboxes.") MaildirConfig maildir,

        @Doc("Mail that is kept apart.") QuarantineConfig quarantine,

        @Doc("A program that keeps mailboxes instead of the Maildirs here.")
        Optional<LmtpConfig> lmtp,

        @Doc("Mail to other sites.") RelayConfig relay,

        @Doc("Reports to senders.") DsnConfig dsn,

        @Doc("Signatures on reports and automatic replies.") OwnSigningConfig signing,

        @Doc("Most mails taken in at the same time over all protocols; 1 to 1000. More wait, at most as long as they"
                + " may.")
        @Default("64")
        int handoffsMax) {
    public StoreConfig {
        if (handoffsMax < 1 || handoffsMax > 1000) {
            throw new IllegalArgumentException("handoffs-max is 1 to 1000, not " + handoffsMax);
        }
    }

    /// The defaults with everything below one folder, listening nowhere.
    public static StoreConfig in(Path folder) {
        return new StoreConfig(
                SpoolConfig.in(folder.resolve("spool")),
                HandoffServerConfig.on(),
                QmqpServerConfig.on(),
                DeliveryConfig.defaults(),
                MaildirConfig.in(folder.resolve("mail")),
                QuarantineConfig.in(folder.resolve("quarantine")),
                Optional.empty(),
                RelayConfig.defaults(),
                DsnConfig.defaults(),
                OwnSigningConfig.defaults(),
                64);
    }

    /// The same, listening for the handoff and for QMQP.
    public StoreConfig listening(HandoffServerConfig newHandoff, QmqpServerConfig newQmqp) {
        return new StoreConfig(
                spool, newHandoff, newQmqp, delivery, maildir, quarantine, lmtp, relay, dsn, signing, handoffsMax);
    }

    /// The same with another spool.
    public StoreConfig keeping(SpoolConfig newSpool) {
        return new StoreConfig(
                newSpool, handoff, qmqp, delivery, maildir, quarantine, lmtp, relay, dsn, signing, handoffsMax);
    }

    /// The same with another schedule.
    public StoreConfig delivering(DeliveryConfig newDelivery) {
        return new StoreConfig(
                spool, handoff, qmqp, newDelivery, maildir, quarantine, lmtp, relay, dsn, signing, handoffsMax);
    }

    /// The same with other ways out.
    public StoreConfig sending(Optional<LmtpConfig> newLmtp, RelayConfig newRelay) {
        return new StoreConfig(
                spool, handoff, qmqp, delivery, maildir, quarantine, newLmtp, newRelay, dsn, signing, handoffsMax);
    }

    /// The same, signing what it writes itself.
    public StoreConfig signing(OwnSigningConfig newSigning) {
        return new StoreConfig(
                spool, handoff, qmqp, delivery, maildir, quarantine, lmtp, relay, dsn, newSigning, handoffsMax);
    }
}
