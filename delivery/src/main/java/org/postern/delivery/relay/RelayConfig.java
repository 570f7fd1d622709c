// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.config.HostAndPort;
import org.postern.core.mail.Domain;
import org.postern.delivery.smtp.SmtpTimeouts;

/// Settings of mail to other sites.
@Doc("How mail for other sites leaves.")
public record RelayConfig(
        @Doc("A host that takes all of it; without one, the MX records of each domain say where it goes.")
        Optional<SmartHostConfig> smartHost,

        @Doc("Connections to all hosts at the same time; 1 to 10000.") @Default("200")
        int connections,

        @Doc("Connections for one domain at the same time, once it has taken a mail; 1 to 1000. Before that and after"
                + " a failure there is one.")
        @Default("10")
        int connectionsPerDomain,

        @Doc("How long a connection waits for the next mail of its domain; 0s to 5m.") @Default("5s")
        Duration idle,

        @Doc("The port of other hosts; 1 to 65535.") @Default("25")
        int port,

        @Doc("Whether IPv6 addresses are tried.") @Default("true")
        boolean ipv6,

        @Doc("Most hosts, by address, tried in one attempt; 1 to 50.") @Default("6")
        int hostsMax,

        @Doc("Received fields above which a mail goes in circles; 10 to 1000. RFC 5321 section 6.3.") @Default("50")
        int hopsMax,

        @Doc("What is asked of a domain's hosts: none, opportunistic, required or verified; opportunistic where"
                + " nothing is written.")
        @Default("{}")
        Map<Domain, TlsPolicy> tls,

        @Doc("A PEM file of authorities for verified hosts; those of Java where none is written.")
        Optional<Path> authorities,

        @Doc("Whether the MTA-STS policies of domains are asked for and obeyed. RFC 8461.") @Default("true")
        boolean mtaSts,

        @Doc("Where these policies are kept over a restart, a file for each domain; in memory only where nothing is"
                + " written.")
        Optional<Path> mtaStsFolder,

        @Doc("A DNS server that validates DNSSEC and is reached over a way nobody else can write to, such as one on"
                + " this machine. With it, DANE is used. RFC 7672.")
        Optional<HostAndPort> validatingResolver,

        @Doc("How long other hosts are waited for.") SmtpTimeouts timeouts) {
    public RelayConfig {
        tls = Map.copyOf(tls);
        check("connections", connections, 1, 10_000);
        check("connections-per-domain", connectionsPerDomain, 1, 1000);
        check("port", port, 1, 65_535);
        check("hosts-max", hostsMax, 1, 50);
        check("hops-max", hopsMax, 10, 1000);
        if (idle.isNegative() || idle.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("idle is 0s to 5m");
        }
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + min + " to " + max + ", not " + value);
        }
    }

    /// The defaults.
    public static RelayConfig defaults() {
        return new RelayConfig(
                Optional.empty(),
                200,
                10,
                Duration.ofSeconds(5),
                25,
                true,
                6,
                50,
                Map.of(),
                Optional.empty(),
                true,
                Optional.empty(),
                Optional.empty(),
                SmtpTimeouts.defaults());
    }

    /// The same with hosts at another port and with other waits.
    public RelayConfig reaching(int newPort, SmtpTimeouts newTimeouts) {
        return with(smartHost, newPort, tls, authorities, validatingResolver, newTimeouts);
    }

    /// The same with other demands on TLS.
    public RelayConfig securing(Map<Domain, TlsPolicy> newTls, Optional<Path> newAuthorities) {
        return with(smartHost, port, newTls, newAuthorities, validatingResolver, timeouts);
    }

    /// The same with DANE.
    public RelayConfig validating(HostAndPort resolver) {
        return with(smartHost, port, tls, authorities, Optional.of(resolver), timeouts);
    }

    /// The same over a smart host.
    public RelayConfig over(SmartHostConfig host) {
        return with(Optional.of(host), port, tls, authorities, validatingResolver, timeouts);
    }

    private RelayConfig with(
            Optional<SmartHostConfig> newSmartHost,
            int newPort,
            Map<Domain, TlsPolicy> newTls,
            Optional<Path> newAuthorities,
            Optional<HostAndPort> newResolver,
            SmtpTimeouts newTimeouts) {
        return new RelayConfig(
                newSmartHost,
                connections,
                connectionsPerDomain,
                idle,
                newPort,
                ipv6,
                hostsMax,
                hopsMax,
                newTls,
                newAuthorities,
                mtaSts,
                mtaStsFolder,
                newResolver,
                newTimeouts);
    }
}
