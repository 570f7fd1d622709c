// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.DnsResolver;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The MTA-STS policies of domains, remembered as long as they say. RFC 8461. Many threads ask.
///
/// A domain whose policy cannot be fetched has none, unless one is remembered: then that one holds.
final class StsPolicies implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StsPolicies.class);
    private static final Duration DNS_PATIENCE = Duration.ofSeconds(10);
    private static final Duration FAILURE_MEMORY = Duration.ofMinutes(5);
    private static final long DOMAINS_MAX = 20_000;
    private static final Pattern RECORD = Pattern.compile("v=STSv1\\s*;.*?\\bid=([A-Za-z0-9]{1,32})\\s*(?:;.*)?");

    private final boolean enabled;
    private final DnsResolver dns;
    private final StsFetcher fetcher;
    private final InstantSource clock;
    private final Cache<Domain, Known> known =
            Caffeine.newBuilder().maximumSize(DOMAINS_MAX).build();
    private final Cache<Domain, Instant> failed =
            Caffeine.newBuilder().maximumSize(DOMAINS_MAX).build();

    private record Known(String id, StsPolicy policy, Instant until) {}

    StsPolicies(boolean enabled, DnsResolver dns, StsFetcher fetcher, InstantSource clock) {
        this.enabled = enabled;
        this.dns = dns;
        this.fetcher = fetcher;
        this.clock = clock;
    }

    /// The policy that binds us; empty where there is none, or one that is not enforced.
    Optional<StsPolicy> enforced(Domain domain) throws InterruptedException {
        if (!enabled || domain.isAddressLiteral()) {
            return Optional.empty();
        }
        return policy(domain).filter(policy -> policy.mode() == StsPolicy.Mode.ENFORCE);
    }

    private Optional<StsPolicy> policy(Domain domain) throws InterruptedException {
        Optional<Known> remembered = Optional.ofNullable(known.getIfPresent(domain))
                .filter(each -> each.until().isAfter(clock.instant()));
        Optional<String> id = id(domain);
        if (id.isEmpty()) {
            // RFC 8461 section 3.1: no record means no new policy; one that is remembered holds.
            return remembered.map(Known::policy);
        }
        if (remembered.isPresent() && remembered.get().id().equals(id.get())) {
            return Optional.of(remembered.get().policy());
        }
        Instant lastFailure = failed.getIfPresent(domain);
        if (lastFailure != null && lastFailure.plus(FAILURE_MEMORY).isAfter(clock.instant())) {
            return remembered.map(Known::policy);
        }
        try {
            StsPolicy policy =
                    StsPolicy.parse(fetcher.fetch(domain)).orElseThrow(() -> new IOException("the file is no policy"));
            known.put(domain, new Known(id.get(), policy, clock.instant().plus(policy.maxAge())));
            return Optional.of(policy);
        } catch (IOException e) {
            LOG.warn("the MTA-STS policy of {} cannot be fetched: {}", domain, e.toString());
            failed.put(domain, clock.instant());
            return remembered.map(Known::policy);
        }
    }

    private Optional<String> id(Domain domain) throws InterruptedException {
        Optional<DnsName> name = DnsName.of("_mta-sts." + domain.name());
        if (name.isEmpty()) {
            return Optional.empty();
        }
        DnsAnswer answer = dns.ask(new DnsQuestion(name.get(), DnsQuestion.Type.TXT), Deadline.in(DNS_PATIENCE));
        if (!(answer instanceof DnsAnswer.Answer(List<DnsRecord> records))) {
            return Optional.empty();
        }
        List<String> texts = records.stream()
                .filter(DnsRecord.Txt.class::isInstance)
                .map(record -> ((DnsRecord.Txt) record).text())
                .filter(text -> text.startsWith("v=STSv1"))
                .toList();
        if (texts.size() != 1) {
            return Optional.empty();
        }
        Matcher matcher = RECORD.matcher(texts.getFirst());
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    @Override
    public void close() {
        fetcher.close();
    }
}
