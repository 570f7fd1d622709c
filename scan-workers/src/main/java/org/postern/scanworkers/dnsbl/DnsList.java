// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.postern.core.config.CidrBlock;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.DnsResolver;
import org.postern.core.limits.Deadline;

/// One list: how it is asked, what its answers mean, and whether it can be believed. Many threads ask; one probes.
final class DnsList {
    private static final CidrBlock ERRORS = CidrBlock.parse("127.255.255.0/24");

    private final String name;
    private final ListConfig config;
    private final Map<CidrBlock, Double> codes;
    private final DnsName zone;
    private final DnsResolver dns;
    private volatile String distrust;

    DnsList(String name, ListConfig config, DnsResolver dns) {
        this.name = name;
        this.config = config;
        this.codes = config.blocks();
        this.zone = new DnsName(config.zone().name());
        this.dns = dns;
        this.distrust = config.hasTestPoints() ? "its test points were not looked at yet" : "";
    }

    String name() {
        return name;
    }

    ListConfig config() {
        return config;
    }

    /// The name of its findings.
    String symbol() {
        return "DNSBL_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    boolean asks(ListConfig.Subject subject) {
        return config.subjects().contains(subject);
    }

    /// Why the list is not asked; empty while it is.
    String distrust() {
        return distrust;
    }

    /// RFC 5782 section 2.1 and 2.4.
    ListAnswer ask(InetAddress address, Deadline deadline) throws InterruptedException {
        return ask(DnsQuestion.reversed(address), deadline);
    }

    /// RFC 5782 section 3.1.
    ListAnswer ask(DnsName domain, Deadline deadline) throws InterruptedException {
        return ask(domain.text(), deadline);
    }

    private ListAnswer ask(String subject, Deadline deadline) throws InterruptedException {
        String reason = distrust;
        return reason.isEmpty() ? look(subject, deadline) : new ListAnswer.Unknown("suspended: " + reason);
    }

    private ListAnswer look(String subject, Deadline deadline) throws InterruptedException {
        Optional<DnsName> target = zone.under(subject);
        if (target.isEmpty()) {
            return new ListAnswer.NotListed(); // too long for any list to have it
        }
        return switch (dns.ask(new DnsQuestion(target.get(), DnsQuestion.Type.A), deadline)) {
            case DnsAnswer.NoData _, DnsAnswer.NoSuchName _ -> new ListAnswer.NotListed();
            case DnsAnswer.Failure failure -> new ListAnswer.Unknown(failure.detail());
            case DnsAnswer.Answer answer -> meaning(answer.records());
        };
    }

    /// One code that the list may not give makes the whole answer worthless.
    private ListAnswer meaning(List<DnsRecord> records) {
        double score = 0;
        List<String> given = new ArrayList<>();
        for (DnsRecord record : records) {
            if (record instanceof DnsRecord.Address address) {
                Optional<Double> points = score(address.address());
                if (points.isEmpty()) {
                    return new ListAnswer.Unknown(
                            "answered " + address.address().getHostAddress() + ", which is not one of its codes");
                }
                given.add(address.address().getHostAddress());
                score = given.size() == 1 || Math.abs(points.get()) > Math.abs(score) ? points.get() : score;
            }
        }
        return given.isEmpty() ? new ListAnswer.NotListed() : new ListAnswer.Listed(score, String.join(" ", given));
    }

    private Optional<Double> score(InetAddress code) {
        if (ERRORS.contains(code)) {
            return Optional.empty();
        }
        return codes.entrySet().stream()
                .filter(entry -> entry.getKey().contains(code))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /// Looks at the test points and believes the list accordingly. What cannot be asked changes nothing. RFC 5782
    /// section 5.
    void probe(Deadline deadline) throws InterruptedException {
        if (!config.hasTestPoints()) {
            return;
        }
        List<String> lies = new ArrayList<>();
        boolean asked = true;
        if (config.ofAddresses()) {
            asked &= test("2.0.0.127", "1.0.0.127", lies, deadline);
        }
        if (config.ofDomains()) {
            asked &= test("test", "invalid", lies, deadline);
        }
        if (!lies.isEmpty()) {
            distrust = String.join(", ", lies);
        } else if (asked) {
            distrust = "";
        }
    }

    /// @return whether both points could be asked
    private boolean test(String listed, String clean, List<String> lies, Deadline deadline)
            throws InterruptedException {
        DnsAnswer first = raw(listed, deadline);
        DnsAnswer second = raw(clean, deadline);
        if (first instanceof DnsAnswer.NoData || first instanceof DnsAnswer.NoSuchName) {
            lies.add("does not list " + listed);
        } else if (first instanceof DnsAnswer.Answer answer && !isListing(answer)) {
            lies.add("answers for " + listed + " with an error");
        }
        if (second instanceof DnsAnswer.Answer) {
            lies.add("lists " + clean);
        }
        return !(first instanceof DnsAnswer.Failure) && !(second instanceof DnsAnswer.Failure);
    }

    private DnsAnswer raw(String subject, Deadline deadline) throws InterruptedException {
        DnsName target = zone.under(subject).orElse(zone);
        return dns.ask(new DnsQuestion(target, DnsQuestion.Type.A), deadline);
    }

    /// Test points may give a code of their own, but within 127.0.0.0/8 and no error.
    private static boolean isListing(DnsAnswer.Answer answer) {
        return answer.records().stream()
                .allMatch(record -> record instanceof DnsRecord.Address address
                        && address.address().isLoopbackAddress()
                        && !ERRORS.contains(address.address()));
    }
}
