// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.client;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsResolver;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Addresses;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailTransaction;

/// Looks at the client: HELO name, reverse DNS, manners. Users who logged in are not looked at, for their programs are
/// no mail servers; private addresses are not looked up.
///
/// What it says depends on the client, so a result must not be reused for the same content from somebody else.
final class ClientFilter implements Filter {
    static final String NAME = "client";

    private static final int EARLY_MAX = 256;

    private final ClientConfig config;
    private final Set<String> ourNames;
    private final DnsResolver dns;
    private final ClientMeters meters;
    private final HeadStart early = new HeadStart("client-early", EARLY_MAX);

    /// @param hostName what this machine is called
    ClientFilter(ClientConfig config, String hostName, DnsResolver dns, MeterRegistry registry) {
        this.config = config;
        this.dns = dns;
        this.meters = new ClientMeters(registry);
        this.ourNames = config.ourNames().stream().map(Domain::name).collect(Collectors.toSet());
        if (hostName.contains(".")) {
            ourNames.add(hostName);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Cost cost() {
        return Cost.BACKEND;
    }

    @Override
    public double lowestScore() {
        return Symbols.SCORES.symbols().stream()
                .mapToDouble(symbol -> Math.min(0, score(symbol)))
                .sum();
    }

    /// Asks for the client's names ahead of time; the resolver keeps the answers until the mail is there.
    @Override
    public void connected(ClientInfo client) {
        if (!Addresses.isPrivate(client.address())) {
            early.ask(() -> ReverseName.of(client.address(), dns, Deadline.in(config.timeout())));
        }
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        ClientInfo client = mail.client();
        if (client.authenticatedAs().isPresent()) {
            return FilterResult.nothing();
        }
        Deadline end = deadline.within(config.timeout());
        Look look = new Look();
        if (client.earlyTalker()) {
            look.found("EARLY_TALKER", "spoke before it was greeted");
        }
        helo(client, look, end);
        reverse(client.address(), look, end);
        return look.result();
    }

    private void helo(ClientInfo client, Look look, Deadline deadline) throws InterruptedException {
        switch (HeloName.parse(client.helo())) {
            case HeloName.BareAddress() -> look.found("HELO_BARE_IP", client.helo());
            case HeloName.Other() -> look.found("HELO_NOT_FQDN", client.helo());
            case HeloName.Literal(Optional<InetAddress> address) -> {
                if (address.isEmpty()) {
                    look.found("HELO_NOT_FQDN", client.helo());
                } else if (!address.get().equals(client.address())) {
                    look.found(
                            "HELO_OTHER_ADDRESS",
                            client.helo() + " came from " + client.address().getHostAddress());
                }
            }
            case HeloName.Full(DnsName name) -> {
                if (ourNames.contains(name.text())) {
                    look.found("HELO_IS_US", name.text());
                } else {
                    exists(name, look, deadline);
                }
            }
        }
    }

    private void exists(DnsName name, Look look, Deadline deadline) throws InterruptedException {
        long since = System.nanoTime();
        DnsAnswer answered = dns.ask(new DnsQuestion(name, DnsQuestion.Type.A), deadline);
        meters.lookedUp("helo", word(answered), since);
        switch (answered) {
            case DnsAnswer.NoSuchName _ -> look.found("HELO_NO_SUCH_NAME", name.text());
            case DnsAnswer.Failure failure -> look.unknown(failure.detail());
            case DnsAnswer.Answer _, DnsAnswer.NoData _ -> {
                // It exists, which is all that counts: mail hosts may have IPv6 or MX records only.
            }
        }
    }

    private static String word(DnsAnswer answer) {
        return switch (answer) {
            case DnsAnswer.NoSuchName _ -> "no-such-name";
            case DnsAnswer.Failure _ -> "unknown";
            case DnsAnswer.Answer _, DnsAnswer.NoData _ -> "exists";
        };
    }

    private void reverse(InetAddress address, Look look, Deadline deadline) throws InterruptedException {
        if (Addresses.isPrivate(address)) {
            return;
        }
        long since = System.nanoTime();
        ReverseName reverse = ReverseName.of(address, dns, deadline);
        meters.lookedUp("reverse", reverse.word(), since);
        switch (reverse) {
            case ReverseName.None() -> look.found("RDNS_NONE", address.getHostAddress() + " has no name");
            case ReverseName.NotConfirmed(List<DnsName> names) ->
                look.found("RDNS_NOT_CONFIRMED", names + " do not have " + address.getHostAddress());
            case ReverseName.Unknown(String why) -> look.unknown(why);
            case ReverseName.Confirmed(DnsName name) -> {
                if (DynamicNames.looksLikeOne(name, address)) {
                    look.found("RDNS_DYNAMIC_LOOKING", name.text());
                }
            }
        }
    }

    private double score(String symbol) {
        return Symbols.SCORES.of(symbol, config.scores());
    }

    /// What was seen of one client.
    private final class Look {
        private final List<Finding> findings = new ArrayList<>();
        private final List<String> unknown = new ArrayList<>();

        void found(String symbol, String evidence) {
            meters.found(symbol);
            findings.add(new Finding(symbol, score(symbol), evidence));
        }

        void unknown(String why) {
            unknown.add(why);
        }

        /// Where DNS did not answer, nobody knows what else there was to find.
        FilterResult result() {
            FilterResult.Findings found = new FilterResult.Findings(findings);
            return unknown.isEmpty()
                    ? found
                    : new FilterResult.NoVerdict(NoVerdictReason.UNAVAILABLE, String.join("; ", unknown), found);
        }
    }

    @Override
    public FilterStatus status(Deadline deadline) {
        return new FilterStatus(true, "looks at HELO and reverse DNS; our names: " + ourNames);
    }

    @Override
    public void close() {
        // Nothing was opened.
    }
}
