// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import java.net.InetAddress;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsResolver;
import org.postern.core.limits.Deadline;

/// One run of check_host() with everything it includes; the counts of look-ups are over all of it. Used by one
/// thread.
final class Evaluation {
    private final Lookups lookups;
    private final SpfChecker.Identity identity;
    private final String receiver;
    private final Clock clock;

    Evaluation(DnsResolver dns, Deadline deadline, SpfChecker.Identity identity, String receiver, Clock clock) {
        this.lookups = new Lookups(dns, deadline, identity);
        this.identity = identity;
        this.receiver = receiver;
        this.clock = clock;
    }

    /// The outermost check_host().
    SpfOutcome checkInitial(String domain) throws InterruptedException {
        if (!isUsable(domain)) {
            return SpfOutcome.of(SpfResult.NONE, "no domain name to check: " + domain); // RFC 7208 section 4.3
        }
        try {
            return check(domain, true);
        } catch (Stop stop) {
            return stop.outcome();
        }
    }

    /// RFC 7208 section 4.3: a name of two labels or more.
    private static boolean isUsable(String domain) {
        return DnsName.of(domain).map(name -> name.labels().size() > 1).orElse(false);
    }

    /// @param explaining whether a fail is to be explained: not inside an include
    private SpfOutcome check(String domain, boolean explaining) throws Stop, InterruptedException {
        List<String> policies =
                lookups.texts(domain).stream().filter(SpfParser::isPolicy).toList();
        if (policies.isEmpty()) {
            return SpfOutcome.of(SpfResult.NONE, domain + " has no policy");
        }
        if (policies.size() > 1) {
            throw Stop.permanent(domain + " has more than one policy"); // RFC 7208 section 4.5
        }
        SpfRecord record = SpfParser.parse(policies.getFirst());
        MacroString.Values values = letter -> value(letter, domain);
        for (SpfRecord.Directive directive : record.directives()) {
            if (matches(directive.mechanism(), domain, values)) {
                Optional<String> explanation = explaining && directive.qualifier() == SpfResult.FAIL
                        ? explain(record, values)
                        : Optional.empty();
                return new SpfOutcome(directive.qualifier(), explanation, domain + " says " + directive.text());
            }
        }
        // RFC 7208 section 6.1: "all" makes redirect void, even where it stands after it.
        if (record.redirect().isPresent() && !record.hasAll()) {
            lookups.countTerm();
            String target = record.redirect().get().expandDomain(values);
            SpfOutcome outcome = isUsable(target) ? check(target, explaining) : noPolicy(target);
            return outcome.result() == SpfResult.NONE
                    ? SpfOutcome.of(SpfResult.PERMERROR, domain + " redirects to " + target + ", which has no policy")
                    : outcome;
        }
        return SpfOutcome.of(SpfResult.NEUTRAL, domain + " says nothing of this address");
    }

    private static SpfOutcome noPolicy(String domain) {
        return SpfOutcome.of(SpfResult.NONE, "not a domain: " + domain);
    }

    private boolean matches(Mechanism mechanism, String domain, MacroString.Values values)
            throws Stop, InterruptedException {
        return switch (mechanism) {
            case Mechanism.All _ -> true;
            case Mechanism.Ip ip -> ip.network().contains(identity.client());
            case Mechanism.Include include -> {
                lookups.countTerm();
                yield includes(include.domain().expandDomain(values));
            }
            case Mechanism.A a -> {
                lookups.countTerm();
                yield anyIn(a.cidr(), lookups.addresses(target(a.domain(), domain, values)));
            }
            case Mechanism.Mx mx -> {
                lookups.countTerm();
                yield anyIn(mx.cidr(), lookups.exchangerAddresses(target(mx.domain(), domain, values)));
            }
            case Mechanism.Ptr ptr -> {
                lookups.countTerm();
                Optional<DnsName> target = DnsName.of(target(ptr.domain(), domain, values));
                yield target.isPresent()
                        && lookups.validatedNames().stream().anyMatch(name -> name.isWithin(target.get()));
            }
            case Mechanism.Exists exists -> {
                lookups.countTerm();
                yield lookups.exists(exists.domain().expandDomain(values));
            }
        };
    }

    private static String target(Optional<MacroString> spec, String domain, MacroString.Values values)
            throws Stop, InterruptedException {
        return spec.isPresent() ? spec.get().expandDomain(values) : domain;
    }

    /// RFC 7208 section 5.2.
    private boolean includes(String target) throws Stop, InterruptedException {
        SpfOutcome outcome = isUsable(target) ? check(target, false) : noPolicy(target);
        return switch (outcome.result()) {
            case PASS -> true;
            case FAIL, SOFTFAIL, NEUTRAL -> false;
            case TEMPERROR -> throw Stop.temporary(outcome.evidence());
            case PERMERROR -> throw Stop.permanent(outcome.evidence());
            case NONE -> throw Stop.permanent("include of " + target + ", which has no policy");
        };
    }

    private boolean anyIn(Mechanism.Cidr cidr, List<InetAddress> addresses) {
        int prefix = identity.isIp4() ? cidr.ip4() : cidr.ip6();
        return addresses.stream()
                .anyMatch(address -> new Network(address.getAddress(), prefix).contains(identity.client()));
    }

    /// Whatever goes wrong with an explanation, there is none. RFC 7208 section 6.2.
    private Optional<String> explain(SpfRecord record, MacroString.Values values) throws InterruptedException {
        if (record.exp().isEmpty()) {
            return Optional.empty();
        }
        try {
            List<String> texts = lookups.texts(record.exp().get().expandDomain(values));
            return texts.size() == 1
                    ? Optional.of(MacroString.parseExplanation(texts.getFirst()).expand(values))
                    : Optional.empty();
        } catch (Stop _) {
            return Optional.empty();
        }
    }

    /// RFC 7208 section 7.2.
    private String value(char letter, String domain) throws Stop, InterruptedException {
        return switch (letter) {
            case 's' -> identity.local() + "@" + identity.senderDomain();
            case 'l' -> identity.local();
            case 'o' -> identity.senderDomain();
            case 'd' -> domain;
            case 'i' -> dotted();
            case 'p' -> validatedName(domain);
            case 'v' -> identity.isIp4() ? "in-addr" : "ip6";
            case 'h' -> identity.helo();
            case 'c' -> AddressText.of(identity.client());
            case 'r' -> receiver;
            case 't' -> String.valueOf(clock.instant().getEpochSecond());
            default -> throw new IllegalStateException("the parser lets no other letter through: " + letter);
        };
    }

    private String dotted() {
        return identity.isIp4()
                ? identity.client().getHostAddress()
                : new StringBuilder(DnsQuestion.reversed(identity.client()))
                        .reverse()
                        .toString()
                        .toUpperCase(Locale.ROOT);
    }

    /// The domain itself, else a name below it, else any; RFC 7208 section 7.3.
    private String validatedName(String domain) throws Stop, InterruptedException {
        List<DnsName> names = lookups.validatedNames();
        DnsName wanted = DnsName.of(domain).orElse(DnsName.ROOT);
        return names.stream()
                .filter(wanted::equals)
                .findFirst()
                .or(() -> names.stream().filter(name -> name.isWithin(wanted)).findFirst())
                .or(() -> names.stream().findFirst())
                .map(DnsName::text)
                .orElse("unknown");
    }
}
