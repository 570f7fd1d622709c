// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.sdk.LDAPConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.config.HostAndPort;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.cache.CacheConfig;
import org.postern.core.directory.cache.CachingDirectory;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;
import org.postern.testkit.Slapd;
import org.postern.testkit.TestDirectory;

/// Against real OpenLDAP servers, with the qmail-ldap schema of the shared suites.
@Timeout(300)
class LdapSlapdTest {
    private static final TestDirectory SITE = TestDirectory.generate(300, 5, 7);

    @BeforeEach
    void needSchema() {
        Slapd.needQmailSchema();
    }

    private static LdapServerConfig server(Slapd slapd, LdapRole role, LdapTls tls) {
        return new LdapServerConfig(new HostAndPort("127.0.0.1", slapd.address().getPort()), tls, role);
    }

    private static LdapDirectory directory(TestConfig settings) {
        settings.domains = SITE.domains().stream().map(Domain::new).toList();
        return new LdapDirectory(settings.config(), new SimpleMeterRegistry());
    }

    private static TestConfig settings(Slapd... providers) {
        TestConfig settings = new TestConfig();
        for (Slapd provider : providers) {
            settings.servers.add(server(provider, LdapRole.PROVIDER, LdapTls.NONE));
        }
        return settings;
    }

    private static Lookup<Account> ask(Directory directory, String address) {
        return directory.recipient(ForwardPath.parse(address), Deadline.in(Duration.ofSeconds(15)));
    }

    /// Asks until it is known; at most a minute.
    private static void awaitKnown(Directory directory, String address) throws InterruptedException {
        Lookup<Account> last = ask(directory, address);
        for (int i = 0; i < 600 && !(last instanceof Lookup.Known); i++) {
            assertThat(last).isNotInstanceOf(Lookup.Unknown.class);
            Thread.sleep(100);
            last = ask(directory, address);
        }
        assertThat(last).isInstanceOf(Lookup.Known.class);
    }

    @Test
    void site_inTheSchemaAsItIs_isReadByLookUpLoginAndListing() {
        try (Slapd slapd = Slapd.start(SITE.ldif(), "", Slapd.INDEX);
                LdapDirectory directory = directory(settings(slapd))) {
            for (String address : SITE.addresses()) {
                assertThat(ask(directory, address))
                        .as(address)
                        .isInstanceOfSatisfying(
                                Lookup.Known.class,
                                known -> assertThat(((Account) known.value()).address())
                                        .hasToString(address));
            }
            assertThat(ask(directory, "whoever@domain03.example")).isInstanceOf(Lookup.Known.class);
            assertThat(ask(directory, "whoever@domain77.example")).isInstanceOf(Lookup.Unknown.class);
            for (String odd : List.of(
                    "\"*)(mail=*\"@domain77.example",
                    "josé@domain77.example",
                    "\"a b\\\\c\"@domain77.example",
                    "a/b@domain77.example",
                    "\ud83d\ude00@domain77.example")) {
                assertThat(ask(directory, odd)).as(odd).isInstanceOf(Lookup.Unknown.class);
            }
            String uid = SITE.addresses().getFirst().replaceFirst("@.*", "");
            Deadline soon = Deadline.in(Duration.ofSeconds(30));
            assertThat(directory.authenticate(uid, "secret", soon)).isInstanceOf(Lookup.Known.class);
            assertThat(directory.authenticate(uid, "wrong", soon)).isInstanceOf(Lookup.Unknown.class);
            AtomicInteger listed = new AtomicInteger();
            assertThat(directory.forEachAccount(each -> listed.incrementAndGet(), soon))
                    .isEmpty();
            assertThat(listed).as("accounts and groups").hasValue(305);
            assertThat(ask(directory, "team-list@domain03.example"))
                    .isInstanceOfSatisfying(
                            Lookup.Known.class,
                            known -> assertThat(
                                            ((Account) known.value()).delivery().forwards())
                                    .hasSize(21)
                                    .contains(MailAddress.parse("stranger3@elsewhere.example")));
        }
    }

    @Test
    void aFrozenServer_costsItsShareOfTheDeadline_andTheNextAnswers() throws Exception {
        try (Slapd first = Slapd.start(SITE.ldif(), "", Slapd.INDEX);
                Slapd second = Slapd.start(SITE.ldif(), "", Slapd.INDEX)) {
            String address = SITE.addresses().getFirst();
            try (LdapDirectory directory = directory(settings(first, second));
                    LdapDirectory alone = directory(settings(first))) {
                awaitKnown(directory, address);
                awaitKnown(alone, address);
                first.daemon().freeze();
                for (int i = 0; i < 8; i++) {
                    assertThat(ask(directory, address)).isInstanceOf(Lookup.Known.class);
                }
                long before = System.nanoTime();
                assertThat(alone.recipient(ForwardPath.parse(address), Deadline.in(Duration.ofMillis(500))))
                        .isInstanceOf(Lookup.Undetermined.class);
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
                first.daemon().resume();
                awaitKnown(alone, address);
            }
        }
    }

    @Test
    void aReplicaThatIsBehind_neverMakesAnExistingAccountUnknown() throws Exception {
        try (Slapd provider = Slapd.startProvider(SITE.ldif());
                Slapd replica = Slapd.startReplica(provider)) {
            TestConfig settings = new TestConfig(
                    server(replica, LdapRole.REPLICA, LdapTls.NONE), server(provider, LdapRole.PROVIDER, LdapTls.NONE));
            try (LdapDirectory directory = directory(settings);
                    LDAPConnection admin = new LDAPConnection(
                            "127.0.0.1", provider.address().getPort(), Slapd.ROOT_DN, Slapd.ROOT_PASSWORD)) {
                // The replica begins empty, and fills while it is asked.
                for (String address : SITE.addresses()) {
                    assertThat(ask(directory, address)).isInstanceOf(Lookup.Known.class);
                }
                for (int i = 0; i < 40; i++) {
                    String address = "new" + i + "@domain77.example";
                    admin.add(
                            "dn: uid=new" + i + "," + Slapd.SUFFIX,
                            "objectClass: account",
                            "objectClass: qmailUser",
                            "uid: new" + i,
                            "mail: " + address);
                    assertThat(ask(directory, address)).isInstanceOf(Lookup.Known.class);
                }
                assertThat(ask(directory, "never@domain77.example")).isInstanceOf(Lookup.Unknown.class);
                awaitReplicaHas(replica, "new39");
                provider.daemon().kill();
                assertThat(ask(directory, "new39@domain77.example")).isInstanceOf(Lookup.Known.class);
                assertThat(ask(directory, "never@domain77.example")).isInstanceOf(Lookup.Undetermined.class);
            }
        }
    }

    private static void awaitReplicaHas(Slapd replica, String uid) throws Exception {
        try (LDAPConnection reader =
                new LDAPConnection("127.0.0.1", replica.address().getPort())) {
            for (int i = 0; i < 600 && reader.getEntry("uid=" + uid + "," + Slapd.SUFFIX) == null; i++) {
                Thread.sleep(100);
            }
            assertThat(reader.getEntry("uid=" + uid + "," + Slapd.SUFFIX)).isNotNull();
        }
    }

    @Test
    void aLoadOfLookUpsWhileServersFlap_neverMakesAnExistingAccountUnknown() throws Exception {
        try (Slapd provider = Slapd.startProvider(SITE.ldif());
                Slapd replica = Slapd.startReplica(provider)) {
            TestConfig settings = new TestConfig(
                    server(replica, LdapRole.REPLICA, LdapTls.NONE), server(provider, LdapRole.PROVIDER, LdapTls.NONE));
            settings.serverTimeout = Duration.ofMillis(500);
            settings.connectTimeout = Duration.ofMillis(500);
            LdapDirectory ldap = directory(settings);
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
            try (CachingDirectory cached = new CachingDirectory(ldap, shortMemory, new SimpleMeterRegistry())) {
                awaitKnown(cached, SITE.addresses().getFirst());
                AtomicBoolean over = new AtomicBoolean();
                AtomicInteger known = new AtomicInteger();
                AtomicInteger undetermined = new AtomicInteger();
                List<Future<String>> workers = new ArrayList<>();
                try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (int i = 0; i < 6; i++) {
                        Directory directory = i % 2 == 0 ? ldap : cached;
                        workers.add(threads.submit(() -> load(directory, over, known, undetermined)));
                    }
                    for (int round = 0; round < 2; round++) {
                        replica.daemon().freeze();
                        Thread.sleep(700);
                        provider.daemon().kill();
                        Thread.sleep(700);
                        replica.daemon().resume();
                        provider.daemon().restart();
                        Thread.sleep(300);
                        replica.daemon().kill();
                        Thread.sleep(300);
                        provider.daemon().freeze();
                        Thread.sleep(700);
                        replica.daemon().restart();
                        provider.daemon().resume();
                        Thread.sleep(300);
                    }
                    over.set(true);
                    for (Future<String> worker : workers) {
                        assertThat(worker.get()).isEmpty();
                    }
                }
                System.out.println("while flapping: known " + known + ", undetermined " + undetermined);
                assertThat(known.get()).isPositive();
                awaitKnown(cached, SITE.addresses().getLast());
                awaitKnown(ldap, SITE.addresses().getLast());
            }
        }
    }

    private static String load(Directory directory, AtomicBoolean over, AtomicInteger known, AtomicInteger undetermined)
            throws InterruptedException {
        while (!over.get()) {
            String address = SITE.addresses()
                    .get(ThreadLocalRandom.current().nextInt(SITE.addresses().size()));
            switch (ask(directory, address)) {
                case Lookup.Known<Account>(var _) -> known.incrementAndGet();
                case Lookup.Undetermined<Account>(var _) -> undetermined.incrementAndGet();
                case Lookup.Unknown<Account>() -> {
                    return address + " was said not to exist";
                }
            }
            Thread.sleep(2);
        }
        return "";
    }

    @Test
    void aWrongBindPassword_isUndetermined_untilTheFileIsRight() throws Exception {
        try (Slapd slapd = Slapd.start(SITE.ldif(), "", Slapd.INDEX)) {
            Path file = MemoryServer.passwordFile("wrong");
            TestConfig settings = settings(slapd);
            settings.bindDn = Slapd.ROOT_DN;
            settings.bindPasswordFile = Optional.of(file);
            try (LdapDirectory directory = directory(settings)) {
                String address = SITE.addresses().getFirst();
                for (int i = 0; i < 5; i++) {
                    assertThat(ask(directory, address)).isInstanceOf(Lookup.Undetermined.class);
                    assertThat(ask(directory, "nobody@domain77.example")).isInstanceOf(Lookup.Undetermined.class);
                }
                Files.writeString(file, Slapd.ROOT_PASSWORD + "\n");
                awaitKnown(directory, address);
            }
        }
    }

    @Test
    void aServerThatShowsNoAccounts_isUndetermined() throws Exception {
        try (Slapd empty = Slapd.start("");
                LdapDirectory directory = directory(settings(empty))) {
            Thread.sleep(2000);
            assertThat(ask(directory, SITE.addresses().getFirst())).isInstanceOf(Lookup.Undetermined.class);
        }
    }

    @Test
    void startTls_withAValidCertificate_works_andWithAnyOtherIsUndetermined() throws Exception {
        TestCertificates good = TestCertificates.make("-1d", 30, "ip:127.0.0.1");
        TestCertificates expired = TestCertificates.make("-10d", 5, "ip:127.0.0.1");
        TestCertificates otherName = TestCertificates.make("-1d", 30, "dns:elsewhere.example");
        String address = SITE.addresses().getFirst();
        try (Slapd slapd = Slapd.start(SITE.ldif(), good.settings(), Slapd.INDEX)) {
            try (LdapDirectory directory = directory(tls(slapd, good))) {
                awaitKnown(directory, address);
                assertThat(directory.authenticate(
                                address.replaceFirst("@.*", ""), "secret", Deadline.in(Duration.ofSeconds(20))))
                        .isInstanceOf(Lookup.Known.class);
            }
            try (LdapDirectory directory = directory(tls(slapd, expired))) {
                assertThat(ask(directory, address)).as("another authority").isInstanceOf(Lookup.Undetermined.class);
            }
        }
        for (TestCertificates bad : List.of(expired, otherName)) {
            try (Slapd slapd = Slapd.start(SITE.ldif(), bad.settings(), Slapd.INDEX);
                    LdapDirectory directory = directory(tls(slapd, bad))) {
                for (int i = 0; i < 3; i++) {
                    assertThat(ask(directory, address))
                            .as(bad.equals(expired) ? "expired" : "for another name")
                            .isInstanceOf(Lookup.Undetermined.class);
                }
            }
        }
        try (Slapd without = Slapd.start(SITE.ldif(), "", Slapd.INDEX);
                LdapDirectory directory = directory(tls(without, good))) {
            assertThat(ask(directory, address)).as("no TLS offered").isInstanceOf(Lookup.Undetermined.class);
        }
    }

    private static TestConfig tls(Slapd slapd, TestCertificates certificates) {
        TestConfig settings = new TestConfig(server(slapd, LdapRole.PROVIDER, LdapTls.STARTTLS));
        settings.caFile = Optional.of(certificates.ca());
        settings.connectTimeout = Duration.ofSeconds(10);
        settings.serverTimeout = Duration.ofSeconds(10);
        return settings;
    }
}
