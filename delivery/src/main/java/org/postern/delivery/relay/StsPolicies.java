// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
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
/// A policy that is remembered holds until it is replaced or too old, whatever DNS and the server say meanwhile.
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
    private final Optional<StsFiles> files;
    private final Cache<Domain, Known> known;
    private final Cache<Domain, Instant> failed =
            Caffeine.newBuilder().maximumSize(DOMAINS_MAX).build();

    private record Known(String id, StsPolicy policy, Instant until) {}

    /// @param files where they are kept over a restart
    StsPolicies(boolean enabled, DnsResolver dns, StsFetcher fetcher, Optional<StsFiles> files, InstantSource clock) {
        this.enabled = enabled;
        this.dns = dns;
        this.fetcher = fetcher;
        this.files = files;
        this.clock = clock;
        this.known = Caffeine.newBuilder()
                .maximumSize(DOMAINS_MAX)
                .removalListener(this::removed)
                .build();
        files.ifPresent(each -> each.load(clock.instant())
                .forEach((domain, kept) -> StsPolicy.parse(kept.text())
                        .ifPresent(policy -> known.put(domain, new Known(kept.id(), policy, kept.until())))));
    }

    private void removed(@Nullable Domain domain, @Nullable Known policy, RemovalCause cause) {
        if (domain != null && cause == RemovalCause.SIZE) {
            files.ifPresent(each -> each.forget(domain));
        }
    }

    /// What is known of a domain's policy.
    sealed interface Found {
        /// It binds us.
        record Enforced(StsPolicy policy) implements Found {}

        /// There is none, or one that is not enforced.
        record None() implements Found {}

        /// Nobody can say now. RFC 8461 section 5 has mail sent as if there were none.
        record Unknown(String why) implements Found {}
    }

    Found find(Domain domain) throws InterruptedException {
        if (!enabled || domain.isAddressLiteral()) {
            return new Found.None();
        }
        Optional<Known> remembered = Optional.ofNullable(known.getIfPresent(domain))
                .filter(each -> each.until().isAfter(clock.instant()));
        Found found = switch (published(domain)) {
            case Published.As(String id) ->
                remembered.isPresent() && remembered.get().id().equals(id)
                        ? found(remembered.get().policy())
                        : fetch(domain, id);
            case Published.Nothing() ->
                remembered.isPresent() ? found(remembered.get().policy()) : new Found.None();
            case Published.Unknown(String why) -> new Found.Unknown(why);
        };
        // Section 3.3: what is remembered holds while nothing new can be had.
        return found instanceof Found.Unknown && remembered.isPresent()
                ? found(remembered.get().policy())
                : found;
    }

    private static Found found(StsPolicy policy) {
        return policy.mode() == StsPolicy.Mode.ENFORCE ? new Found.Enforced(policy) : new Found.None();
    }

    private Found fetch(Domain domain, String id) throws InterruptedException {
        Instant lastFailure = failed.getIfPresent(domain);
        if (lastFailure != null && lastFailure.plus(FAILURE_MEMORY).isAfter(clock.instant())) {
            return new Found.Unknown("the MTA-STS policy of " + domain + " could not be fetched a while ago");
        }
        try {
            String text = fetcher.fetch(domain);
            StsPolicy policy = StsPolicy.parse(text).orElseThrow(() -> new IOException("the file is no policy"));
            Instant until = clock.instant().plus(policy.maxAge());
            known.put(domain, new Known(id, policy, until));
            files.ifPresent(each -> each.keep(domain, new StsFiles.Kept(id, until, text)));
            return found(policy);
        } catch (IOException e) {
            LOG.warn("the MTA-STS policy of {} cannot be fetched: {}", domain, e.toString());
            failed.put(domain, clock.instant());
            return new Found.Unknown("the MTA-STS policy of " + domain + " cannot be fetched: " + e.getMessage());
        }
    }

    /// What DNS says of a policy.
    private sealed interface Published {
        /// There is one, under this id.
        record As(String id) implements Published {}

        record Nothing() implements Published {}

        record Unknown(String why) implements Published {}
    }

    /// RFC 8461 section 3.1.
    private Published published(Domain domain) throws InterruptedException {
        Optional<DnsName> name = DnsName.of("_mta-sts." + domain.name());
        if (name.isEmpty()) {
            return new Published.Nothing();
        }
        return switch (dns.ask(new DnsQuestion(name.get(), DnsQuestion.Type.TXT), Deadline.in(DNS_PATIENCE))) {
            case DnsAnswer.NoData(), DnsAnswer.NoSuchName() -> new Published.Nothing();
            case DnsAnswer.Failure(var _, String detail) -> new Published.Unknown("DNS: " + detail);
            case DnsAnswer.Answer(List<DnsRecord> records) -> {
                List<String> texts = records.stream()
                        .filter(DnsRecord.Txt.class::isInstance)
                        .map(record -> ((DnsRecord.Txt) record).text())
                        .filter(text -> text.startsWith("v=STSv1"))
                        .toList();
                Matcher matcher = RECORD.matcher(texts.size() == 1 ? texts.getFirst() : "");
                yield matcher.matches() ? new Published.As(matcher.group(1)) : new Published.Nothing();
            }
        };
    }

    @Override
    public void close() {
        fetcher.close();
    }
}
