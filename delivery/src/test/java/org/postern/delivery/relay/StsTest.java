// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.mail.Domain;
import org.postern.delivery.Mails;

/// MTA-STS policies, over real HTTPS.
@Timeout(120)
class StsTest {
    private static final Domain DOMAIN = new Domain("remote.example");
    private static final String ENFORCE =
            "version: STSv1\r\nmode: enforce\r\nmx: mx.remote.example\r\nmx: *.hosts.example\r\nmax_age: 86400\r\n";

    @TempDir
    private Path folder;

    private final InMemoryDns dns = new InMemoryDns();
    private final AtomicInteger fetches = new AtomicInteger();
    private final AtomicReference<String> file = new AtomicReference<>(ENFORCE);
    private final AtomicReference<String> type = new AtomicReference<>("text/plain");
    private final AtomicInteger status = new AtomicInteger(200);
    private final AtomicBoolean slow = new AtomicBoolean();
    private final CountDownLatch broken = new CountDownLatch(1);
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_800_000_000));
    private @Nullable HttpsServer server;
    private @Nullable Certificates certificate;

    @BeforeEach
    void serve() throws Exception {
        Certificates made = Certificates.make(folder, "sts", "localhost", -1);
        certificate = made;
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(made.keys(), Certificates.PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", exchange -> {
            fetches.incrementAndGet();
            byte[] octets = file.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type.get());
            exchange.getResponseHeaders().set("Location", "https://localhost/");
            exchange.sendResponseHeaders(status.get(), octets.length);
            if (slow.get()) {
                dribble(exchange.getResponseBody(), octets[0]);
            }
            exchange.getResponseBody().write(octets);
            exchange.close();
        });
        server.start();
        this.server = server;
        dns.txt("_mta-sts.remote.example", "v=STSv1; id=1;");
    }

    /// An octet now and then, until the client is gone.
    private void dribble(OutputStream out, byte octet) {
        try {
            for (int i = 0; i < 50; i++) {
                out.write(octet);
                out.flush();
                Thread.sleep(200);
            }
        } catch (IOException e) {
            broken.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        server().stop(0);
    }

    private HttpsServer server() {
        return Objects.requireNonNull(server);
    }

    private Path authority() {
        return Objects.requireNonNull(certificate).certificate();
    }

    private static Optional<StsPolicy> enforced(StsPolicies policies) throws InterruptedException {
        return policies.find(DOMAIN) instanceof StsPolicies.Found.Enforced(StsPolicy policy)
                ? Optional.of(policy)
                : Optional.empty();
    }

    private StsPolicies policies(Optional<Path> authorities) throws Exception {
        return policies(authorities, Duration.ofSeconds(20));
    }

    private StsPolicies policies(Optional<Path> authorities, Duration patience) throws Exception {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, Relay.authorities(authorities), null);
        return new StsPolicies(
                true,
                dns,
                new StsFetcher(
                        tls,
                        _ -> URI.create(
                                "https://localhost:" + server().getAddress().getPort() + "/x"),
                        patience),
                Optional.of(new StsFiles(folder.resolve("kept"))),
                now::get);
    }

    @Test
    void policy_isFetchedOnce_andHoldsWhileItIsRemembered_evenWhenNothingAnswers() throws Exception {
        try (StsPolicies policies = policies(Optional.of(authority()))) {
            StsPolicy policy = enforced(policies).orElseThrow();
            assertThat(policy.allows(new DnsName("mx.remote.example"))).isTrue();
            assertThat(policy.allows(new DnsName("a.hosts.example"))).isTrue();
            assertThat(policy.allows(new DnsName("a.b.hosts.example"))).isFalse();
            assertThat(policy.allows(new DnsName("evil.example"))).isFalse();
            assertThat(enforced(policies)).isPresent();
            assertThat(fetches).hasValue(1);
            status.set(500);
            dns.remove("_mta-sts.remote.example").txt("_mta-sts.remote.example", "v=STSv1; id=2;");
            assertThat(enforced(policies)).isPresent();
            dns.remove("_mta-sts.remote.example");
            assertThat(enforced(policies)).isPresent();
            now.set(now.get().plus(Duration.ofDays(2)));
            assertThat(enforced(policies)).isEmpty();
        }
    }

    @Test
    void policy_holdsOverARestart_untilItIsTooOld() throws Exception {
        try (StsPolicies policies = policies(Optional.of(authority()))) {
            assertThat(enforced(policies)).isPresent();
        }
        dns.remove("_mta-sts.remote.example");
        status.set(500);
        Files.writeString(folder.resolve("kept").resolve("broken.example"), "x");
        Files.writeString(folder.resolve("kept").resolve("#1"), "1 9999999999\n" + ENFORCE);
        try (StsPolicies policies = policies(Optional.of(authority()))) {
            assertThat(enforced(policies)).isPresent();
            assertThat(Mails.files(folder.resolve("kept"))).containsExactly(folder.resolve("kept/remote.example"));
        }
        now.set(now.get().plus(Duration.ofDays(2)));
        try (StsPolicies policies = policies(Optional.of(authority()))) {
            assertThat(enforced(policies)).isEmpty();
            assertThat(Mails.files(folder.resolve("kept"))).isEmpty();
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void policy_underANewId_replacesTheOldOne_andTestingBindsNobody() throws Exception {
        try (StsPolicies policies = policies(Optional.of(authority()))) {
            assertThat(enforced(policies)).isPresent();
            file.set(ENFORCE.replace("enforce", "testing"));
            dns.remove("_mta-sts.remote.example").txt("_mta-sts.remote.example", "v=STSv1; id=2;");
            assertThat(enforced(policies)).isEmpty();
            assertThat(fetches).hasValue(2);
        }
    }

    @Test
    void policy_fromAServerThatCannotProveItselfOrRedirectsOrSendsSomethingElse_isNone() throws Exception {
        try (StsPolicies policies = policies(Optional.empty())) {
            assertThat(enforced(policies)).isEmpty();
            assertThat(fetches).hasValue(0);
        }
        for (Runnable change : java.util.List.<Runnable>of(
                () -> status.set(302), () -> type.set("text/html"), () -> file.set("x".repeat(70_000)))) {
            status.set(200);
            type.set("text/plain");
            change.run();
            try (StsPolicies policies = policies(Optional.of(authority()))) {
                assertThat(enforced(policies)).isEmpty();
                assertThat(enforced(policies)).isEmpty();
            }
        }
        assertThat(fetches).as("a failure is remembered for a while").hasValue(3);
    }

    @Test
    void policy_ofWhichNobodyKnowsWhetherThereIsOne_isNotNone() throws Exception {
        try (StsPolicies policies = policies(Optional.of(authority()))) {
            dns.remove("_mta-sts.remote.example");
            assertThat(policies.find(DOMAIN)).isEqualTo(new StsPolicies.Found.None());
            dns.failing("_mta-sts.remote.example", DnsAnswer.Reason.SERVER_FAILURE);
            assertThat(policies.find(DOMAIN)).isInstanceOf(StsPolicies.Found.Unknown.class);
            dns.remove("_mta-sts.remote.example").txt("_mta-sts.remote.example", "v=STSv1; id=1;");
            status.set(500);
            assertThat(policies.find(DOMAIN)).isInstanceOf(StsPolicies.Found.Unknown.class);
            assertThat(policies.find(DOMAIN)).as("remembered").isInstanceOf(StsPolicies.Found.Unknown.class);
        }
    }

    @Test
    void fileThatComesSlowly_isGivenUp_andTheConnectionWithIt() throws Exception {
        slow.set(true);
        try (StsPolicies policies = policies(Optional.of(authority()), Duration.ofSeconds(1))) {
            assertThat(policies.find(DOMAIN)).isInstanceOf(StsPolicies.Found.Unknown.class);
            assertThat(broken.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void file_thatIsNoPolicy_isNone() {
        assertThat(StsPolicy.parse(ENFORCE)).isPresent();
        for (String wrong : new String[] {
            "",
            ENFORCE.replace("STSv1", "STSv2"),
            ENFORCE.replace("mode: enforce\r\n", ""),
            ENFORCE.replace("86400", "soon"),
            "version: STSv1\nmode: enforce\nmax_age: 1\n"
        }) {
            assertThat(StsPolicy.parse(wrong)).as(wrong).isEmpty();
        }
    }
}
