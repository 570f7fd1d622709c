// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.core.dns.DnsAnswer.Answer;
import org.postern.core.dns.DnsAnswer.Failure;
import org.postern.core.dns.DnsAnswer.NoData;
import org.postern.core.dns.DnsAnswer.NoSuchName;
import org.postern.core.limits.Deadline;
import org.xbill.DNS.Type;
import org.xbill.DNS.hosts.HostsFileParser;

/// Finds the addresses of a host that an administrator named: an address as it stands, then this machine's hosts
/// file, then DNS. Unlike the system's own way it keeps to a deadline. Many threads use it.
public final class HostAddresses {
    private static final Path HOSTS_FILE = Path.of("/etc/hosts");

    private final DnsResolver dns;
    private final HostsFileParser hosts;

    /// @param dns asked for what is neither an address nor in `/etc/hosts`
    public HostAddresses(DnsResolver dns) {
        this(dns, HOSTS_FILE);
    }

    HostAddresses(DnsResolver dns, Path hostsFile) {
        this.dns = dns;
        this.hosts = new HostsFileParser(hostsFile, true);
    }

    /// What is known of the addresses, in the order in which they are to be tried. Where one type of address was
    /// found and the other could not be asked for, what was found is the answer.
    ///
    /// @param host a full name or an address; search lists are not used
    /// @param ipv6 whether IPv6 addresses of a name are wanted
    /// @throws InterruptedException when the caller does not want the answer any more
    public DnsAnswer of(String host, boolean ipv6, Deadline deadline) throws InterruptedException {
        Optional<InetAddress> literal = literal(host);
        if (literal.isPresent()) {
            return new Answer(List.of(new DnsRecord.Address(literal.get())));
        }
        Optional<DnsName> name = DnsName.of(host);
        if (name.isEmpty()) {
            return new NoSuchName();
        }
        List<DnsRecord> listed = listed(name.get(), ipv6);
        return listed.isEmpty() ? asked(name.get(), ipv6, deadline) : new Answer(listed);
    }

    private static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(host.contains(":") ? Inet6Address.ofLiteral(host) : Inet4Address.ofLiteral(host));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private List<DnsRecord> listed(DnsName name, boolean ipv6) {
        List<DnsRecord> found = new ArrayList<>();
        try {
            for (int type : ipv6 ? new int[] {Type.AAAA, Type.A} : new int[] {Type.A}) {
                hosts.getAddressForHost(Names.toDnsjava(name), type)
                        .map(DnsRecord.Address::new)
                        .ifPresent(found::add);
            }
        } catch (IOException _) {
            // A file that cannot be read lists nothing.
        }
        return found;
    }

    private DnsAnswer asked(DnsName name, boolean ipv6, Deadline deadline) throws InterruptedException {
        List<DnsRecord> found = new ArrayList<>();
        Optional<Failure> failure = Optional.empty();
        for (DnsQuestion.Type type :
                ipv6 ? List.of(DnsQuestion.Type.AAAA, DnsQuestion.Type.A) : List.of(DnsQuestion.Type.A)) {
            switch (dns.ask(new DnsQuestion(name, type), deadline)) {
                case Answer(List<DnsRecord> records) -> found.addAll(records);
                case NoData(), NoSuchName() -> {}
                case Failure broken -> failure = Optional.of(broken);
            }
        }
        if (!found.isEmpty()) {
            return new Answer(found);
        }
        return failure.isPresent() ? failure.get() : new NoData();
    }
}
