// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigFile;
import org.postern.core.directory.cache.CacheConfig;
import org.postern.core.directory.cache.CachingDirectory;
import org.postern.core.directory.ldap.LdapConfig;
import org.postern.core.directory.ldap.LdapDirectory;
import org.postern.core.filter.Assessment;
import org.postern.core.mail.Domain;
import org.postern.testkit.Slapd;
import org.postern.testkit.TestDirectory;

/// RCPTs through a front with real OpenLDAP servers behind it.
@Timeout(300)
class LdapFrontTest {
    private static final TestDirectory SITE = TestDirectory.generate(200, 5, 11);

    @TempDir
    private Path folder;

    @BeforeEach
    void needSchema() {
        Slapd.needQmailSchema();
    }

    private LdapConfig config(Slapd replica, Slapd provider) throws Exception {
        return ConfigFile.read(
                Files.writeString(folder.resolve("ldap.yaml"), """
                        servers:
                          - { address: "127.0.0.1:%d", tls: none, role: replica }
                          - { address: "127.0.0.1:%d", tls: none }
                        base-dn: %s
                        domains: [%s]
                        connect-timeout: 500ms
                        server-timeout: 500ms
                        probe-interval: 500ms
                        """.formatted(
                                replica.address().getPort(),
                                provider.address().getPort(),
                                Slapd.SUFFIX,
                                String.join(", ", SITE.domains()))),
                List.of(),
                LdapConfig.class);
    }

    @Test
    void aLoadOfRcpts_whileTheServersFlap_isNeverToldThatAnExistingAccountDoesNotExist() throws Exception {
        CacheConfig shortMemory = new CacheConfig(
                1000,
                Duration.ofSeconds(1),
                Duration.ZERO,
                Duration.ofSeconds(2),
                Duration.ofMillis(100),
                Duration.ofMillis(100),
                Duration.ofSeconds(3),
                16,
                Duration.ZERO);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Slapd provider = Slapd.startProvider(SITE.ldif());
                Slapd replica = Slapd.startReplica(provider);
                CachingDirectory directory = new CachingDirectory(
                        new LdapDirectory(config(replica, provider), meters), shortMemory, meters);
                SmtpFront front = SmtpFront.start(
                        new FrontIdentity("n1", "test", new Domain("mx.here.example"), folder),
                        SmtpFrontConfig.of(
                                List.of(ListenerConfig.of("127.0.0.1", 0, TlsMode.NONE)), Authentication.NONE),
                        new Collaborators(
                                directory, (_, _) -> Assessment.accepted(), new FakeStore(), _ -> {}, meters))) {
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger accepted = new AtomicInteger();
            AtomicInteger deferred = new AtomicInteger();
            List<Future<String>> clients = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 8; i++) {
                    clients.add(threads.submit(() -> load(front, over, accepted, deferred)));
                }
                for (int round = 0; round < 2; round++) {
                    Thread.sleep(500);
                    replica.daemon().kill();
                    Thread.sleep(300);
                    provider.daemon().freeze();
                    Thread.sleep(700);
                    replica.daemon().restart();
                    provider.daemon().resume();
                    Thread.sleep(300);
                    provider.daemon().kill();
                    Thread.sleep(500);
                    replica.daemon().freeze();
                    Thread.sleep(700);
                    provider.daemon().restart();
                    replica.daemon().resume();
                }
                Thread.sleep(1500);
                over.set(true);
                for (Future<String> client : clients) {
                    assertThat(client.get()).isEmpty();
                }
            }
            System.out.println("RCPTs while flapping: " + accepted + " accepted, " + deferred + " deferred");
            assertThat(accepted.get()).isPositive();
            try (Client client = Client.greeted(front.addresses().getFirst())) {
                client.say("EHLO client.example");
                client.say("MAIL FROM:<x@elsewhere.example>");
                assertThat(client.say("RCPT TO:<nobody@elsewhere.example>")).startsWith("550 5.7.1");
                assertThat(eventually(client, SITE.addresses().getFirst())).startsWith("250 ");
            }
        }
    }

    private static String eventually(Client client, String address) throws Exception {
        String reply = client.say("RCPT TO:<" + address + ">");
        for (int i = 0; i < 18 && reply.startsWith("451 "); i++) {
            Thread.sleep(1000);
            reply = client.say("RCPT TO:<" + address + ">");
        }
        return reply;
    }

    private static String load(SmtpFront front, AtomicBoolean over, AtomicInteger accepted, AtomicInteger deferred)
            throws Exception {
        while (!over.get()) {
            try (Client client = Client.greeted(front.addresses().getFirst())) {
                client.say("EHLO client.example");
                client.say("MAIL FROM:<x@elsewhere.example>");
                // Fewer than the refusals that end a session.
                for (int i = 0; i < 15 && !over.get(); i++) {
                    String address = SITE.addresses()
                            .get(ThreadLocalRandom.current()
                                    .nextInt(SITE.addresses().size()));
                    String reply = client.say("RCPT TO:<" + address + ">");
                    if (reply.startsWith("250 ")) {
                        accepted.incrementAndGet();
                    } else if (reply.startsWith("451 ")) {
                        deferred.incrementAndGet();
                    } else {
                        return address + ": " + reply;
                    }
                }
            }
        }
        return "";
    }
}
