// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.postern.core.limits.AddressKey;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ReversePath;

/// Tells undecided mail from strangers to come again, and remembers who did. RFC 6647. Any thread.
///
/// It is asked after the filters, so neither clean mail nor plain spam is ever delayed by it. The network counts, not
/// the address, because large senders come back from a neighbour.
public final class Greylist {
    private final GreylistConfig config;
    private final Networks networks;
    private final LongSupplier nanoTime;
    private final Cache<Key, Long> waiting;
    private final Cache<Known, Boolean> known;

    /// Half of a SHA-256: what a sender chose must not be able to meet somebody else's key.
    private record Key(long high, long low) {}

    private record Known(AddressKey network, String senderDomain) {}

    Greylist(GreylistConfig config, Networks networks, LongSupplier nanoTime) {
        this.config = config;
        this.networks = networks;
        this.nanoTime = nanoTime;
        this.waiting = cache(config.remembered(), config.window(), nanoTime);
        this.known = cache(config.remembered(), config.known(), nanoTime);
    }

    private static <K, V> Cache<K, V> cache(int most, Duration kept, LongSupplier nanoTime) {
        return Caffeine.newBuilder()
                .maximumSize(most)
                .expireAfterWrite(kept)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    void bindTo(String farm, MeterRegistry meters) {
        List<Tag> tags = List.of(Tag.of("farm", farm));
        meters.gauge("postern.admission.greylist.waiting", tags, waiting, Cache::estimatedSize);
        meters.gauge("postern.admission.greylist.known", tags, known, Cache::estimatedSize);
    }

    /// Whether a mail must come again.
    ///
    /// @param score what the filters made of it
    /// @param sha256 of the message
    /// @return how long it must stay away; empty where it may pass
    public Optional<Duration> mustWait(InetAddress client, Envelope envelope, byte[] sha256, double score) {
        if (!config.undecided(score)) {
            return Optional.empty();
        }
        AddressKey network = networks.of(client);
        Known who = new Known(network, domain(envelope.reversePath()));
        if (known.getIfPresent(who) != null) {
            known.put(who, true);
            return Optional.empty();
        }
        Key key = key(network, envelope, sha256);
        long now = nanoTime.getAsLong();
        long since = now - waiting.get(key, _ -> now);
        Duration left = config.delay().minusNanos(since);
        if (left.isPositive()) {
            return Optional.of(left);
        }
        waiting.invalidate(key);
        known.put(who, true);
        return Optional.empty();
    }

    private static String domain(ReversePath sender) {
        return switch (sender) {
            case ReversePath.Null() -> "";
            case ReversePath.Mailbox(var address) -> address.domain().name();
        };
    }

    private Key key(AddressKey network, Envelope envelope, byte[] sha256) {
        MessageDigest digest = sha256();
        ByteBuffer place = ByteBuffer.allocate(20)
                .putLong(network.high())
                .putLong(network.low())
                .putInt(network.bits());
        digest.update(place.array());
        add(digest, envelope.reversePath().toString());
        envelope.recipients().stream()
                .map(each -> each.path().toString())
                .sorted()
                .forEach(each -> add(digest, each));
        if (config.sameMail()) {
            digest.update(sha256);
        }
        ByteBuffer out = ByteBuffer.wrap(digest.digest());
        return new Key(out.getLong(), out.getLong());
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
