// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsResolver;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.mail.Domain;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.MessageContent;
import org.postern.delivery.handoff.HandoffClientConfig;
import org.postern.delivery.handoff.HandoffServerConfig;
import org.postern.delivery.qmqp.QmqpServerConfig;
import org.postern.delivery.schedule.DeliveryConfig;

/// A store on loopback ports below one folder, with a directory that can be told to be down.
public final class RunningStore implements AutoCloseable {
    private final Path folder;
    private final FakeDirectory directory;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final DnsResolver dns;
    private final UnaryOperator<StoreConfig> change;
    private final InstantSource clock;
    private Store store;

    public RunningStore(Path folder) {
        this(folder, new InMemoryDns(), config -> config);
    }

    public RunningStore(Path folder, HandoffServerConfig handoff) {
        this(folder, new InMemoryDns(), config -> config.listening(handoff, config.qmqp()));
    }

    /// @param change what is to be set otherwise
    public RunningStore(Path folder, DnsResolver dns, UnaryOperator<StoreConfig> change) {
        this(folder, dns, change, InstantSource.system());
    }

    public RunningStore(Path folder, DnsResolver dns, UnaryOperator<StoreConfig> change, InstantSource clock) {
        this(folder, new FakeDirectory(), dns, change, clock);
    }

    public RunningStore(
            Path folder,
            FakeDirectory directory,
            DnsResolver dns,
            UnaryOperator<StoreConfig> change,
            InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
        this.folder = folder;
        this.dns = dns;
        this.change = change;
        this.store = open();
    }

    private Store open() {
        StoreConfig base = StoreConfig.in(folder);
        HandoffServerConfig handoff = HandoffServerConfig.on(new HostAndPort("127.0.0.1", 0));
        QmqpServerConfig qmqp = QmqpServerConfig.on(new HostAndPort("127.0.0.1", 0));
        return Store.start(
                change.apply(base.listening(handoff, qmqp)
                        .delivering(DeliveryConfig.defaults().retrying(Duration.ofMillis(50), Duration.ofMillis(200)))),
                new StoreIdentity("store1", new Domain("store.example.org")),
                directory,
                dns,
                meters,
                clock);
    }

    public void restart() {
        store.close();
        store = open();
    }

    public Store store() {
        return store;
    }

    public FakeDirectory directory() {
        return directory;
    }

    public HostAndPort handoff() {
        return new HostAndPort("127.0.0.1", store.handoffAddresses().getFirst().getPort());
    }

    public HostAndPort qmqp() {
        return new HostAndPort("127.0.0.1", store.qmqpAddresses().getFirst().getPort());
    }

    /// A front that hands over to this store.
    public MailStore front() {
        return MailStores.connect(
                HandoffClientConfig.to(HandoffClientConfig.Protocol.POSTERN, handoff()), "mx1", meters);
    }

    public SimpleMeterRegistry meters() {
        return meters;
    }

    public Path mail() {
        return folder.resolve("mail");
    }

    public Path folder() {
        return folder;
    }

    /// Hands a mail over that is like no other.
    public void give(Envelope envelope, String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        byte[] unique = (text + System.nanoTime()).getBytes(StandardCharsets.UTF_8);
        HandoffResult result = store.localMailStore()
                .handOver(
                        new Handoff(
                                Mails.newId(),
                                DedupKey.of(envelope, Mails.sha256(unique)),
                                envelope,
                                MessageContent.of(octets),
                                Disposition.DELIVER),
                        Mails.soon());
        assertThat(result).isInstanceOf(HandoffResult.Accepted.class);
    }

    /// The text of the only mail in a mailbox of example.org, once it is there.
    public String onlyMail(String localPart) {
        Mails.eventually(() -> !Mails.in(mail(), localPart).isEmpty());
        drain();
        assertThat(Mails.in(mail(), localPart)).hasSize(1);
        try {
            return Files.readString(Mails.in(mail(), localPart).getFirst());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public double count(String meter, String... tags) {
        return meters.counter(meter, tags).count();
    }

    /// Waits until nothing is in the spool.
    public void drain() {
        Mails.eventually(() -> store.stats().scanned() && store.stats().mails() == 0);
    }

    @Override
    public void close() {
        store.close();
    }
}
