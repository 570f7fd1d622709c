// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import java.net.InetAddress;
import java.time.Clock;
import java.util.Locale;
import org.postern.core.dns.DnsResolver;
import org.postern.core.limits.Deadline;

/// Checks whether an address may use a domain as HELO or in MAIL FROM. Many threads check at once.
public final class SpfChecker {
    private final DnsResolver dns;
    private final String receiver;
    private final Clock clock;

    /// @param receiver the name of this host, which the macro `r` stands for
    public SpfChecker(DnsResolver dns, String receiver, Clock clock) {
        this.dns = dns;
        this.receiver = receiver;
        this.clock = clock;
    }

    /// Checks the sender. RFC 7208 section 2.4.
    ///
    /// @param sender the reverse path without angle brackets; empty for the null path, then HELO is the identity
    /// @param helo as the client said it
    public SpfOutcome check(InetAddress client, String sender, String helo, Deadline deadline)
            throws InterruptedException {
        return sender.isEmpty()
                ? checkHelo(client, helo, deadline)
                : check(client, sender, helo, domainOf(sender), deadline);
    }

    /// Checks the argument of HELO or EHLO. RFC 7208 section 2.3.
    public SpfOutcome checkHelo(InetAddress client, String helo, Deadline deadline) throws InterruptedException {
        return check(client, "postmaster@" + helo, helo, helo, deadline);
    }

    private SpfOutcome check(InetAddress client, String sender, String helo, String domain, Deadline deadline)
            throws InterruptedException {
        int at = sender.lastIndexOf('@');
        String local = at > 0 ? sender.substring(0, at) : "postmaster"; // RFC 7208 section 4.3
        Identity identity = new Identity(client, local, sender.substring(at + 1), helo);
        return new Evaluation(dns, deadline, identity, receiver, clock).checkInitial(domain);
    }

    private static String domainOf(String sender) {
        return sender.substring(sender.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    }

    /// Who is checked.
    ///
    /// @param local the local part, never empty
    /// @param senderDomain the domain of the sender, which the macro `o` stands for
    record Identity(InetAddress client, String local, String senderDomain, String helo) {
        boolean isIp4() {
            return client.getAddress().length == 4;
        }
    }
}
