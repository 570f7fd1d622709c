// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.HostAddresses;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.dsn.OriginalHeader;
import org.postern.delivery.smtp.TlsClient;
import org.postern.delivery.spool.StoredMail;

/// Decides which hosts a mail may go to, and what is asked of each: the configuration, the domain's MTA-STS
/// policy, DANE, and the mail itself have a say. Many threads use it.
final class Itineraries implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RelayConfig config;
    private final HostAddresses addresses;
    private final HopFinder hops;
    private final StsPolicies sts;
    private final DaneLookup dane;
    private final TlsClient verified;
    private final TlsClient anyCertificate;
    private final Optional<Dialer.Login> login;

    /// What a mail wants of TLS.
    enum Strictness {
        /// `TLS-Required: No`: rather in the clear than not at all. RFC 8689 section 5.
        LENIENT,
        USUAL,
        /// REQUIRETLS.
        STRICT
    }

    Itineraries(
            RelayConfig config,
            HostAddresses addresses,
            HopFinder hops,
            StsPolicies sts,
            DaneLookup dane,
            TrustManager[] authorities,
            Optional<Dialer.Login> login) {
        this.config = config;
        this.addresses = addresses;
        this.hops = hops;
        this.sts = sts;
        this.dane = dane;
        this.verified = TlsClient.verified(authorities);
        this.anyCertificate = TlsClient.opportunistic();
        this.login = login;
    }

    static Strictness strictness(StoredMail mail, OriginalHeader header) {
        if (mail.envelope().parameters().requireTls()) {
            return Strictness.STRICT;
        }
        return header.header()
                        .all("TLS-Required")
                        .anyMatch(field -> field.value().equalsIgnoreCase("No"))
                ? Strictness.LENIENT
                : Strictness.USUAL;
    }

    Itinerary of(Domain domain, StoredMail mail, OriginalHeader header) throws InterruptedException {
        Strictness strictness = strictness(mail, header);
        return config.smartHost().isPresent()
                ? smartHost(config.smartHost().get(), strictness)
                : exchangers(domain, strictness);
    }

    private Itinerary smartHost(SmartHostConfig host, Strictness strictness) throws InterruptedException {
        Demand demand = strictness == Strictness.STRICT
                ? new Demand.Always(verified, "the mail")
                : demand(host.tls(), "relay.smart-host.tls");
        return switch (addresses.of(host.server().host(), config.ipv6(), Deadline.in(PATIENCE))) {
            case DnsAnswer.Answer(List<DnsRecord> records) ->
                new Itinerary.Legs(
                        records.stream()
                                .filter(DnsRecord.Address.class::isInstance)
                                .limit(config.hostsMax())
                                .map(record -> new Itinerary.Leg(
                                        host.server().host(),
                                        ((DnsRecord.Address) record).address(),
                                        host.server().port(),
                                        demand,
                                        host.implicitTls(),
                                        login))
                                .toList(),
                        true);
            // Whoever named it may have to correct that: no reason to return mail.
            case DnsAnswer.NoData(), DnsAnswer.NoSuchName() ->
                new Itinerary.Unknown("the smart host " + host.server() + " has no address");
            case DnsAnswer.Failure(var _, String detail) ->
                new Itinerary.Unknown("the smart host " + host.server() + ": DNS: " + detail);
        };
    }

    private Itinerary exchangers(Domain domain, Strictness strictness) throws InterruptedException {
        return switch (hops.find(domain)) {
            case Hops.Never(String reason, Diagnosis diagnosis) -> new Itinerary.Never(reason, diagnosis);
            case Hops.Unknown(String reason) -> new Itinerary.Unknown(reason);
            case Hops.Found(List<Hops.Hop> found) -> legs(domain, found, strictness);
        };
    }

    private Itinerary legs(Domain domain, List<Hops.Hop> found, Strictness strictness) throws InterruptedException {
        StsPolicies.Found policy = strictness == Strictness.LENIENT ? new StsPolicies.Found.None() : sts.find(domain);
        List<Itinerary.Leg> legs = new ArrayList<>();
        String unusable = "";
        boolean later = false;
        for (Hops.Hop hop : found) {
            switch (choose(domain, hop, policy, strictness)) {
                case Choice.Use(Demand demand, String name) ->
                    legs.add(new Itinerary.Leg(name, hop.address(), config.port(), demand, false, login));
                case Choice.Skip(String why, boolean forGood) -> {
                    unusable = why;
                    later |= !forGood;
                }
            }
        }
        if (!legs.isEmpty()) {
            return new Itinerary.Legs(legs, !later);
        }
        return strictness == Strictness.STRICT && !later
                // RFC 8689 section 5: X.7.30, REQUIRETLS support required.
                ? new Itinerary.Never(unusable, Diagnosis.local("5.7.30"))
                : new Itinerary.Unknown(unusable);
    }

    private static String name(Domain domain, Hops.Hop hop) {
        return hop.host().text().isEmpty() ? domain.name() : hop.host().text();
    }

    private sealed interface Choice {
        /// @param name what the host is to be called in TLS
        record Use(Demand demand, String name) implements Choice {}

        /// @param forGood whether it will be the same the next time
        record Skip(String why, boolean forGood) implements Choice {}
    }

    private Choice choose(Domain domain, Hops.Hop hop, StsPolicies.Found policy, Strictness strictness)
            throws InterruptedException {
        if (strictness == Strictness.LENIENT) {
            return new Choice.Use(new Demand.Opportunistic(), name(domain, hop));
        }
        DaneLookup.Found records =
                hop.host().text().isEmpty() ? new DaneLookup.Found.Without(false) : dane.find(domain, hop);
        return switch (records) {
            // RFC 7672 section 2.1: rather not at all than without what may be there.
            case DaneLookup.Found.Unknown(String why) -> new Choice.Skip(why, false);
            // RFC 8461 section 2: DANE goes first.
            case DaneLookup.Found.With(TlsClient client, DnsName base) ->
                new Choice.Use(new Demand.Always(client, "DANE"), base.text());
            case DaneLookup.Found.Unusable() ->
                policy instanceof StsPolicies.Found.Enforced || strictness == Strictness.STRICT
                        ? withoutDane(domain, hop, policy, strictness, true)
                        : new Choice.Use(new Demand.Always(anyCertificate, "DANE"), name(domain, hop));
            case DaneLookup.Found.Without(boolean named) -> withoutDane(domain, hop, policy, strictness, named);
        };
    }

    /// @param named whether it is certain that the host is one of the domain's
    private Choice withoutDane(
            Domain domain, Hops.Hop hop, StsPolicies.Found found, Strictness strictness, boolean named) {
        if (found instanceof StsPolicies.Found.Enforced(StsPolicy policy)) {
            return policy.allows(hop.host())
                    ? new Choice.Use(new Demand.Always(verified, "the MTA-STS policy of " + domain), name(domain, hop))
                    : new Choice.Skip(hop.host() + " is not in the MTA-STS policy of " + domain, false);
        }
        if (strictness == Strictness.STRICT) {
            // RFC 8689 section 4.2.1: a certificate alone does not tell whose host it should have been.
            return named
                    ? new Choice.Use(new Demand.Always(verified, "the mail"), name(domain, hop))
                    : found instanceof StsPolicies.Found.Unknown(String why)
                            ? new Choice.Skip(why, false)
                            : new Choice.Skip(
                                    "the mail demands TLS, and neither DNSSEC nor an MTA-STS policy says which hosts "
                                            + domain + " has",
                                    true);
        }
        return new Choice.Use(
                demand(config.tls().getOrDefault(domain, TlsPolicy.OPPORTUNISTIC), "relay.tls." + domain),
                name(domain, hop));
    }

    private Demand demand(TlsPolicy policy, String why) {
        return switch (policy) {
            case NONE -> new Demand.Clear();
            case OPPORTUNISTIC -> new Demand.Opportunistic();
            case REQUIRED -> new Demand.Always(anyCertificate, why);
            case VERIFIED -> new Demand.Always(verified, why);
        };
    }

    @Override
    public void close() {
        sts.close();
    }
}
