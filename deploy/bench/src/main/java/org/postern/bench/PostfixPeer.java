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
record PostfixPeer(String name, String description, Postfix postfix) implements Peer {
    /// Takes mail into its queue and leaves it there: intake alone.
    static PostfixPeer holding(String name, Optional<InetSocketAddress> milter) {
        Options<Postfix> options = options().set("smtpd_recipient_restrictions", "check_recipient_access static:HOLD");
        milter.ifPresent(at -> options.set("smtpd_milters", "inet:127.0.0.1:" + at.getPort())
                .set("milter_default_action", "tempfail"));
        String scanned = milter.isPresent() ? "scanned by clamav-milter, " : "";
        return new PostfixPeer(name, scanned + "into its queue and kept there (HOLD), no delivery", options.start());
    }

    /// Takes mail into its queue and delivers it to a Maildir at the same time.
    static PostfixPeer delivering(String name) {
        return new PostfixPeer(
                name,
                "into its queue, and delivered to a Maildir at the same time",
                options().start());
    }

    private static Options<Postfix> options() {
        return Postfix.options().way(Way.PATH).set("default_process_limit", "100");
    }

    @Override
    public InetSocketAddress address() {
        return postfix.smtpAddress();
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
