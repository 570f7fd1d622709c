// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.postern.delivery.Mails.eventually;
import static org.postern.delivery.Mails.handoff;
import static org.postern.delivery.Mails.newId;
import static org.postern.delivery.Mails.soon;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsResolver;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.mail.Domain;
import org.postern.delivery.handoff.HandoffClientConfig;
import org.postern.delivery.handoff.HandoffServerConfig;
import org.postern.delivery.qmqp.QmqpServerConfig;
import org.postern.delivery.schedule.DeliveryConfig;

class StoreTest {
    @TempDir
    private Path folder;

    private final FakeDirectory directory = new FakeDirectory();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private @Nullable Store store;

    private Store start() {
        StoreConfig base = StoreConfig.in(folder);
        StoreConfig config = base.listening(
                        HandoffServerConfig.on(new HostAndPort("127.0.0.1", 0)),
                        QmqpServerConfig.on(new HostAndPort("127.0.0.1", 0)))
                .delivering(DeliveryConfig.defaults().retrying(Duration.ofMillis(50), Duration.ofMillis(200)));
        store = Store.start(
                config,
                new StoreIdentity("store1", new Domain("store.example.org")),
                directory,
                DnsResolver.unavailable(),
                meters);
        return store();
    }

    private Store store() {
        return Objects.requireNonNull(store);
    }

    @AfterEach
    void stop() {
        Store running = store;
        if (running != null) {
            running.close();
        }
    }

    private static HostAndPort of(InetSocketAddress address) {
        return new HostAndPort("127.0.0.1", address.getPort());
    }

    private MailStore front(HandoffClientConfig.Protocol protocol) {
        InetSocketAddress address = protocol == HandoffClientConfig.Protocol.POSTERN
                ? store().handoffAddresses().getFirst()
                : store().qmqpAddresses().getFirst();
        return MailStores.connect(HandoffClientConfig.to(protocol, of(address)), "mx1", meters);
    }

    @Test
    void mail_whenHandedOverInTheSameProcess_standsInTheMaildirWithItsOctetsKept() throws IOException {
        MailStore local = start().localMailStore();
        HandoffResult result = local.handOver(handoff("A: b\r\n\r\nhello\r\n", "alice@example.org"), soon());
        assertThat(result).isInstanceOf(HandoffResult.Accepted.class);
        eventually(() -> Mails.in(folder.resolve("mail"), "alice").size() == 1);
        assertThat(Files.readString(Mails.in(folder.resolve("mail"), "alice").getFirst()))
                .isEqualTo(
                        "Return-Path: <sender@example.com>\r\nDelivered-To: alice@example.org\r\nA: b\r\n\r\nhello\r\n");
    }

    @Test
    void mail_whenHandedOverByTheNativeProtocol_isDeliveredToEachRecipientOnce() {
        start();
        try (MailStore front = front(HandoffClientConfig.Protocol.POSTERN)) {
            Handoff mail = handoff("A: b\r\n\r\nhello\r\n", "alice@example.org", "bob@example.org");
            assertThat(front.handOver(mail, soon()))
                    .isEqualTo(new HandoffResult.Accepted(mail.id().toString(), false));
            assertThat(front.handOver(mail, soon()))
                    .isEqualTo(new HandoffResult.Accepted(mail.id().toString(), true));
            eventually(() -> store().stats().mails() == 0);
            assertThat(front.handOver(mail, soon()))
                    .isEqualTo(new HandoffResult.Accepted(mail.id().toString(), true));
        }
        assertThat(Mails.in(folder.resolve("mail"), "alice")).hasSize(1);
        assertThat(Mails.in(folder.resolve("mail"), "bob")).hasSize(1);
    }

    @Test
    void mail_whenHandedOverByQmqp_isDelivered() throws IOException {
        start();
        try (MailStore front = front(HandoffClientConfig.Protocol.QMQP)) {
            assertThat(front.handOver(handoff("A: b\r\n\r\nhello\r\n", "alice@example.org"), soon()))
                    .isInstanceOf(HandoffResult.Accepted.class);
            assertThat(front.handOver(handoff("A: b\r\n\r\nhello\r\n", "nobody@example.org"), soon()))
                    .isInstanceOfSatisfying(
                            HandoffResult.Refused.class,
                            r -> assertThat(r.permanent()).isTrue());
            directory.down(true);
            assertThat(front.handOver(handoff("A: b\r\n\r\nhello\r\n", "alice@example.org"), soon()))
                    .isInstanceOfSatisfying(
                            HandoffResult.Refused.class,
                            r -> assertThat(r.permanent()).isFalse());
            directory.down(false);
        }
        eventually(() -> Mails.in(folder.resolve("mail"), "alice").size() == 1);
        assertThat(Files.readString(Mails.in(folder.resolve("mail"), "alice").getFirst()))
                .endsWith("A: b\n\nhello\n");
    }

    @Test
    void sameMailAgain_whenTheFirst250WasNeverSeen_isNotKeptTwice_andWhenItWasSeen_is() {
        start();
        try (MailStore front = front(HandoffClientConfig.Protocol.POSTERN)) {
            HandoffId first = newId();
            assertThat(front.handOver(handoff(first, "same", "alice@example.org"), soon()))
                    .isEqualTo(new HandoffResult.Accepted(first.toString(), false));
            HandoffId second = newId();
            assertThat(front.handOver(handoff(second, "same", "alice@example.org"), soon()))
                    .isEqualTo(new HandoffResult.Accepted(first.toString(), true));
            front.proven(second);
            HandoffId third = newId();
            assertThat(front.handOver(handoff(third, "same", "alice@example.org"), soon()))
                    .isEqualTo(new HandoffResult.Accepted(third.toString(), false));
        }
        eventually(() -> store().stats().mails() == 0);
        assertThat(Mails.in(folder.resolve("mail"), "alice")).hasSize(2);
    }

    @Test
    void mail_whenTheDirectoryIsDown_waitsOverARestartAndIsThenDelivered() {
        directory.down(true);
        start();
        MailStore local = store().localMailStore();
        for (int i = 0; i < 20; i++) {
            assertThat(local.handOver(handoff("mail " + i, "alice@example.org"), soon()))
                    .isInstanceOf(HandoffResult.Accepted.class);
        }
        store().close();
        assertThat(Mails.in(folder.resolve("mail"), "alice")).isEmpty();
        start();
        eventually(() -> store().stats().scanned());
        assertThat(store().stats().mails()).isEqualTo(20);
        directory.down(false);
        eventually(() -> store().stats().mails() == 0);
        assertThat(Mails.in(folder.resolve("mail"), "alice")).hasSize(20);
    }

    @Test
    void mailForQuarantine_isKeptApartAndNeverDelivered() throws IOException {
        start();
        HandoffId id = newId();
        byte[] octets = "evil\r\n".getBytes(StandardCharsets.US_ASCII);
        try (MailStore front = front(HandoffClientConfig.Protocol.POSTERN)) {
            assertThat(front.handOver(
                            handoff(id, octets, Disposition.QUARANTINE, "alice@example.org", "bob@example.org"),
                            soon()))
                    .isInstanceOf(HandoffResult.Accepted.class);
        }
        eventually(() -> store().stats().mails() == 0);
        assertThat(folder.resolve("quarantine").resolve(id + ".eml")).hasBinaryContent(octets);
        assertThat(folder.resolve("mail")).doesNotExist();
    }

    @Test
    void secondStore_whenTheSpoolIsInUse_isRefusedWithWhatToDo() {
        start();
        StoreConfig same = StoreConfig.in(folder);
        assertThatThrownBy(() -> Store.start(
                        same,
                        new StoreIdentity("store2", new Domain("store.example.org")),
                        directory,
                        DnsResolver.unavailable(),
                        meters))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("in use by another store");
    }

    @Test
    void spoolFolder_whenOthersMayWriteToIt_isRefused() throws IOException {
        Path spool = Files.createDirectory(folder.resolve("spool"));
        Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxrwxrwx"));
        StoreConfig config = StoreConfig.in(folder);
        assertThatThrownBy(() -> Store.start(
                        config,
                        new StoreIdentity("store1", new Domain("store.example.org")),
                        directory,
                        DnsResolver.unavailable(),
                        meters))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("chmod 700");
    }

    @Test
    void front_whenNoStoreCanBeReached_isRefusedAndSaysSo() {
        start();
        try (MailStore front = front(HandoffClientConfig.Protocol.POSTERN)) {
            store().close();
            assertThat(front.handOver(handoff("x", "alice@example.org"), soon()))
                    .isInstanceOfSatisfying(
                            HandoffResult.Refused.class,
                            r -> assertThat(r.permanent()).isFalse());
            assertThat(front.availability().available()).isFalse();
        }
    }
}
