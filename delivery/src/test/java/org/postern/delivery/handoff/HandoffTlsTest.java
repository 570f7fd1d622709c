// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsResolver;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.delivery.MailStores;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.net.MutualTls;
import org.postern.delivery.net.MutualTlsConfig;
import org.postern.delivery.net.NamedHosts;
import org.postern.delivery.net.TestAuthority;

class HandoffTlsTest {
    @TempDir
    private Path folder;

    private @Nullable RunningStore store;

    private RunningStore store(MutualTlsConfig tls) {
        HandoffServerConfig plain = HandoffServerConfig.on(new HostAndPort("127.0.0.1", 0));
        RunningStore started = new RunningStore(
                folder.resolve("store"),
                new HandoffServerConfig(
                        plain.listen(),
                        plain.allow(),
                        plain.connectionsMax(),
                        plain.idleTimeout(),
                        plain.mailTimeout(),
                        plain.dataRateMin(),
                        plain.mailsPerFrontMax(),
                        Optional.of(tls)));
        store = started;
        return started;
    }

    @AfterEach
    void stop() {
        RunningStore running = store;
        if (running != null) {
            running.close();
        }
    }

    private static HandoffClientConfig config(RunningStore store, Optional<MutualTlsConfig> tls) {
        HandoffClientConfig plain = HandoffClientConfig.to(HandoffClientConfig.Protocol.POSTERN, store.handoff());
        return new HandoffClientConfig(
                plain.stores(),
                plain.protocol(),
                plain.connectTimeout(),
                plain.connectionsMax(),
                plain.idleTimeout(),
                plain.qmqpLineEndings(),
                Optional.empty(),
                tls);
    }

    private static MailStore front(RunningStore store, Optional<MutualTlsConfig> tls) {
        return MailStores.connect(config(store, tls), "mx1", new SimpleMeterRegistry());
    }

    private static HandoffResult handOver(RunningStore store, Optional<MutualTlsConfig> tls, String text) {
        try (MailStore front = front(store, tls)) {
            return front.handOver(Mails.handoff(text, "alice@example.org"), Mails.soon());
        }
    }

    @Test
    void handoff_withCertificatesOfOneAuthority_isTaken_alsoLargeAndMany() throws Exception {
        TestAuthority authority = new TestAuthority(folder.resolve("ca"));
        RunningStore store = store(authority.issue("store", "store.test", 2));
        MutualTlsConfig tls = authority.issue("front", "mx1.test", 2);
        String large = "A: b\r\n\r\n" + "0123456789abcdef\r\n".repeat(100_000);
        try (MailStore front = front(store, Optional.of(tls))) {
            for (int i = 0; i < 3; i++) {
                assertThat(front.handOver(Mails.handoff(large + i, "alice@example.org"), Mails.soon()))
                        .isInstanceOf(HandoffResult.Accepted.class);
            }
        }
        store.drain();
        assertThat(Mails.in(store.mail(), "alice")).hasSize(3);
        assertThat(Files.readString(Mails.in(store.mail(), "alice").getFirst())).contains(large);
        assertThat(RemoteMailStores.probe(
                        config(store, Optional.of(tls)),
                        store.handoff(),
                        new NamedHosts(DnsResolver.unavailable()),
                        "check",
                        Mails.soon()))
                .isEqualTo("store1 takes mail over TLS");
    }

    @Test
    void front_withoutCertificate_orWithOneOfAnotherAuthority_orAnExpiredOne_isRefused() {
        TestAuthority authority = new TestAuthority(folder.resolve("ca"));
        TestAuthority other = new TestAuthority(folder.resolve("other"));
        RunningStore store = store(authority.issue("store", "store.test", 2));
        MutualTlsConfig foreign = other.issue("front", "mx1.test", 2);
        MutualTlsConfig foreignThatTrusts = new MutualTlsConfig(
                foreign.certificate(), foreign.key(), folder.resolve("ca/ca.pem"), java.util.List.of());
        for (Optional<MutualTlsConfig> tls : java.util.List.of(
                Optional.<MutualTlsConfig>empty(),
                Optional.of(foreign),
                Optional.of(foreignThatTrusts),
                Optional.of(authority.issue("expired", "mx1.test", -1)))) {
            assertThat(handOver(store, tls, "x"))
                    .isInstanceOfSatisfying(
                            HandoffResult.Refused.class,
                            r -> assertThat(r.permanent()).isFalse());
        }
        assertThat(store.store().stats().mails()).isZero();
    }

    @Test
    void names_areLookedAt_onBothSides() {
        TestAuthority authority = new TestAuthority(folder.resolve("ca"));
        RunningStore store = store(authority.issue("store", "store.test", 2, "mx1.test", "mx2.test"));
        assertThat(handOver(store, Optional.of(authority.issue("one", "mx1.test", 2)), "1"))
                .isInstanceOf(HandoffResult.Accepted.class);
        assertThat(handOver(store, Optional.of(authority.issue("three", "mx3.test", 2)), "3"))
                .isInstanceOf(HandoffResult.Refused.class);
        assertThat(handOver(store, Optional.of(authority.issue("one", "mx1.test", 2, "store.test")), "4"))
                .isInstanceOf(HandoffResult.Accepted.class);
        assertThat(handOver(store, Optional.of(authority.issue("one", "mx1.test", 2, "elsewhere.test")), "5"))
                .isInstanceOf(HandoffResult.Refused.class);
    }

    @Test
    void keyOfAnotherCertificate_isRefusedAtStart_andChangesNothingLater() throws IOException {
        TestAuthority authority = new TestAuthority(folder.resolve("ca"));
        MutualTlsConfig one = authority.issue("one", "store.test", 2);
        MutualTlsConfig two = authority.issue("two", "store.test", 2);
        MutualTlsConfig mixed =
                new MutualTlsConfig(one.certificate(), two.key(), one.authorities(), java.util.List.of());
        assertThatThrownBy(() -> new MutualTls(mixed))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("does not belong to certificate");
    }

    @Test
    void changedFiles_areUsedForTheNextConnection_andHalfChangedOnesAreNot() throws Exception {
        TestAuthority old = new TestAuthority(folder.resolve("ca"));
        TestAuthority fresh = new TestAuthority(folder.resolve("fresh"));
        MutualTlsConfig files = old.issue("store", "store.test", 2);
        MutualTlsConfig renewed = fresh.issue("store", "store.test", 2);
        RunningStore store = store(files);
        Optional<MutualTlsConfig> before = Optional.of(old.issue("front", "mx1.test", 2));
        Optional<MutualTlsConfig> after = Optional.of(fresh.issue("front", "mx1.test", 2));
        assertThat(handOver(store, before, "1")).isInstanceOf(HandoffResult.Accepted.class);
        // The certificate without its key: what was there goes on.
        replace(renewed.certificate(), files.certificate());
        MutualTls.lookNow();
        assertThat(handOver(store, before, "2")).isInstanceOf(HandoffResult.Accepted.class);
        replace(renewed.key(), files.key());
        replace(renewed.authorities(), files.authorities());
        MutualTls.lookNow();
        assertThat(handOver(store, after, "3")).isInstanceOf(HandoffResult.Accepted.class);
        assertThat(handOver(store, before, "4")).isInstanceOf(HandoffResult.Refused.class);
    }

    private static void replace(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(to, FileTime.from(Instant.now().plusSeconds(5)));
    }
}
