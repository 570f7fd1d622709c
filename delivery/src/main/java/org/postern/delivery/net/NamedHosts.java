// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.net;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.DnsResolver;
import org.postern.core.dns.HostAddresses;
import org.postern.core.limits.Deadline;

/// Connects to hosts that an administrator named, and keeps to a deadline while it looks for their addresses, which
/// the system's own way does not. Many threads use it.
public final class NamedHosts {
    private static final int ADDRESSES_MAX = 8;

    private final HostAddresses addresses;

    public NamedHosts(DnsResolver dns) {
        this.addresses = new HostAddresses(dns);
    }

    /// A connection to the first of the host's addresses that takes one. Each has its share of the time, so that one
    /// which is silent does not hide the next.
    ///
    /// @throws IOException when none does before the deadline, or none is known; not for good in either case
    public Socket connect(HostAndPort host, Deadline deadline) throws IOException {
        List<InetAddress> found = addresses(host, deadline);
        IOException failure = new IOException("no time was left to connect to " + host);
        for (int i = 0; i < found.size() && !deadline.expired(); i++) {
            Deadline share = deadline.within(deadline.remaining().dividedBy(found.size() - i));
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(found.get(i), host.port()), Math.max(1, share.remainingMillis()));
                return socket;
            } catch (IOException | RuntimeException e) {
                socket.close();
                if (!(e instanceof IOException refused)) {
                    throw e;
                }
                failure = refused;
            }
        }
        throw failure;
    }

    private List<InetAddress> addresses(HostAndPort host, Deadline deadline) throws IOException {
        return switch (answer(host, deadline)) {
            case DnsAnswer.Answer(List<DnsRecord> records) ->
                records.stream()
                        .filter(DnsRecord.Address.class::isInstance)
                        .map(record -> ((DnsRecord.Address) record).address())
                        .limit(ADDRESSES_MAX)
                        .toList();
            // Whoever named it may have to correct that: no reason to return mail.
            case DnsAnswer.NoData(), DnsAnswer.NoSuchName() ->
                throw new UnknownHostException(
                        host.host() + " has no address; write its full name, or an address, or list it in /etc/hosts");
            case DnsAnswer.Failure(var _, String detail) ->
                throw new IOException("the address of " + host.host() + " cannot be asked for: DNS: " + detail);
        };
    }

    private DnsAnswer answer(HostAndPort host, Deadline deadline) throws InterruptedIOException {
        try {
            return addresses.of(host.host(), true, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the address of " + host.host() + " was looked for");
        }
    }
}
