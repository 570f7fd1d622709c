// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.postern.testkit.Options;
import org.postern.testkit.Postfix;
import org.postern.testkit.Way;

/// Postfix with its distributed limits, alone or with clamav-milter.
///
/// @param name its name in the tables
/// @param description what it does with a mail
/// @param postfix the running instance
/// @param address where it is measured
record PostfixPeer(String name, String description, Postfix postfix, InetSocketAddress address) implements Peer {
    private static final String KEPT = "into its queue and kept there (HOLD), no delivery";
    private static final String DELIVERED = "into its queue, and delivered to a Maildir at the same time";

    /// Takes mail into its queue and leaves it there: intake alone.
    static PostfixPeer holding(String name, Optional<InetSocketAddress> milter) {
        Options<Postfix> options = options().set("smtpd_recipient_restrictions", "check_recipient_access static:HOLD");
        milter.ifPresent(at -> options.set("smtpd_milters", "inet:127.0.0.1:" + at.getPort())
                .set("milter_default_action", "tempfail"));
        return smtp(name, (milter.isPresent() ? "scanned by clamav-milter, " : "") + KEPT, options);
    }

    /// Takes mail into its queue and delivers it to a Maildir at the same time.
    static PostfixPeer delivering(String name) {
        return smtp(name, DELIVERED, options());
    }

    /// Refuses every recipient without asking anybody.
    static PostfixPeer refusing(String name) {
        return smtp(
                name,
                "smtpd, which refuses every recipient without looking anything up",
                options().set("smtpd_recipient_restrictions", "reject"));
    }

    /// Takes mail by QMQP and leaves it in its queue.
    static PostfixPeer qmqp(String name) {
        Postfix postfix = options().set("header_checks", "static:HOLD").start();
        return new PostfixPeer(name, "qmqpd, " + KEPT, postfix, postfix.qmqpAddress());
    }

    private static PostfixPeer smtp(String name, String description, Options<Postfix> options) {
        Postfix postfix = options.start();
        return new PostfixPeer(name, description, postfix, postfix.smtpAddress());
    }

    private static Options<Postfix> options() {
        return Postfix.options().way(Way.PATH).set("default_process_limit", "100");
    }

    @Override
    public Optional<Path> busyFolder() {
        return Optional.of(postfix.daemon().folder().resolve("queue/active"));
    }

    @Override
    public void close() {
        postfix.close();
    }
}
