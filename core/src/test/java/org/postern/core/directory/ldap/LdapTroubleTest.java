// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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
import org.postern.core.directory.check.AccountSource;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.testkit.Slapd;
import org.postern.testkit.TestDirectory;

/// What real OpenLDAP servers do when they are not well.
@Timeout(300)
class LdapTroubleTest {
    private static final TestDirectory SITE = TestDirectory.generate(50, 5, 7);
    private static final String INDEX = "index mail,mailAlternateAddress,uid eq\n";
    private static final String KNOWN = SITE.addresses().getFirst();
    private static final String NOBODY = "nobody@domain77.example";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeEach
    void needSchema() {
        Slapd.needQmailSchema();
    }

    private LdapDirectory directory(TestConfig settings) {
        settings.domains = SITE.domains().stream().map(Domain::new).toList();
        return new LdapDirectory(settings.config(), meters);
    }

    private static LdapServerConfig at(int port, LdapTls tls) {
        return new LdapServerConfig(new HostAndPort("127.0.0.1", port), tls, LdapRole.PROVIDER);
    }

    private static TestConfig settings(Slapd slapd) {
        return new TestConfig(at(slapd.address().getPort(), LdapTls.NONE));
    }

    private static Lookup<Account> ask(Directory directory, String address) {
        return directory.recipient(ForwardPath.parse(address), Deadline.in(Duration.ofSeconds(15)));
    }

    private static void awaitKnown(Directory directory) throws InterruptedException {
        Lookup<Account> last = ask(directory, KNOWN);
        for (int i = 0; i < 300 && !(last instanceof Lookup.Known); i++) {
            assertThat(last).isNotInstanceOf(Lookup.Unknown.class);
            Thread.sleep(100);
            last = ask(directory, KNOWN);
        }
        assertThat(last).isInstanceOf(Lookup.Known.class);
    }

    @Test
    void aStoppedServer_isUndeterminedAtOnce_knownAccountsAreServedOld_andARestartIsNoticed() throws Exception {
        CacheConfig cache = new CacheConfig(
                1000,
                Duration.ofSeconds(1),
                Duration.ZERO,
                Duration.ofHours(1),
                Duration.ofMillis(200),
                Duration.ofMillis(100),
                Duration.ofSeconds(3),
                16,
                Duration.ZERO);
        try (Slapd slapd = Slapd.start(SITE.ldif(), "", INDEX);
                CachingDirectory directory = new CachingDirectory(directory(settings(slapd)), cache, meters)) {
            awaitKnown(directory);
            assertThat(ask(directory, NOBODY)).isInstanceOf(Lookup.Unknown.class);
            slapd.daemon().stop();
            Thread.sleep(1200);
            for (int i = 0; i < 5; i++) {
                assertThat(ask(directory, KNOWN)).isInstanceOf(Lookup.Known.class);
                assertThat(ask(directory, NOBODY)).isInstanceOf(Lookup.Undetermined.class);
                assertThat(ask(directory, SITE.addresses().getLast())).isInstanceOf(Lookup.Undetermined.class);
            }
            assertThat(directory.health().answers()).isFalse();
            assertThat(directory.health().detail()).contains("127.0.0.1").contains("is down");
            assertThat(directory.probe(Deadline.in(Duration.ofSeconds(5))))
                    .singleElement()
                    .satisfies(each -> assertThat(each.problem()).isPresent());
            assertThat(meters.counter("postern.directory.cache", "kind", "recipient", "result", "stale")
                            .count())
                    .isPositive();
            assertThat(meters.timer("postern.directory.cache.stale.age", "kind", "recipient")
                            .count())
                    .isPositive();
            slapd.daemon().restart();
            for (int i = 0; i < 300 && !directory.health().answers(); i++) {
                Thread.sleep(100);
            }
            assertThat(directory.health()).isEqualTo(new Directory.Health(true, ""));
            assertThat(directory.probe(Deadline.in(Duration.ofSeconds(5))))
                    .singleElement()
                    .satisfies(each -> assertThat(each.problem()).isEmpty());
            assertThat(ask(directory, SITE.addresses().getLast())).isInstanceOf(Lookup.Known.class);
        }
    }

    @Test
    void aRestart_betweenTwoQuestions_isNotNoticed() throws Exception {
        try (Slapd slapd = Slapd.start(SITE.ldif(), "", INDEX);
                LdapDirectory directory = directory(settings(slapd))) {
            awaitKnown(directory);
            slapd.daemon().restart();
            // The connections kept are dead, and a new one is made for the same question.
            awaitKnown(directory);
            assertThat(ask(directory, NOBODY)).isInstanceOf(Lookup.Unknown.class);
        }
    }

    @Test
    void aSlowServer_costsItsDeadline_andIsUsedAgainWhenItIsFast() throws Exception {
        try (Slapd slapd = Slapd.start(SITE.ldif(), "", INDEX);
                SlowRelay relay = new SlowRelay(slapd.address())) {
            TestConfig settings = new TestConfig(at(relay.port(), LdapTls.NONE));
            settings.serverTimeout = Duration.ofSeconds(1);
            settings.connections = 2;
            try (LdapDirectory directory = directory(settings)) {
                awaitKnown(directory);
                relay.delay(Duration.ofMillis(300));
                assertThat(ask(directory, KNOWN)).as("slow, and in time").isInstanceOf(Lookup.Known.class);
                relay.delay(Duration.ofMinutes(1));
                for (int i = 0; i < 6; i++) {
                    long before = System.nanoTime();
                    assertThat(ask(directory, KNOWN)).isInstanceOf(Lookup.Undetermined.class);
                    assertThat(ask(directory, NOBODY)).isInstanceOf(Lookup.Undetermined.class);
                    assertThat(Duration.ofNanos(System.nanoTime() - before))
                            .as("two questions, one second each, and never the minute")
                            .isLessThan(Duration.ofSeconds(15));
                }
                assertThat(relay.connections())
                        .as("bounded while nothing answers")
                        .isLessThan(60);
                relay.delay(Duration.ZERO);
                awaitKnown(directory);
            }
        }
    }

    @Test
    void ldaps_withAValidCertificate_works_andWithAnyOtherIsUndetermined() throws Exception {
        TestCertificates good = TestCertificates.make("-1d", 30, "ip:127.0.0.1");
        TestCertificates expired = TestCertificates.make("-10d", 5, "ip:127.0.0.1");
        TestCertificates otherName = TestCertificates.make("-1d", 30, "dns:elsewhere.example");
        for (TestCertificates each : List.of(good, expired, otherName)) {
            try (Slapd slapd = Slapd.start(SITE.ldif(), each.settings(), INDEX)) {
                TestConfig settings = new TestConfig(at(slapd.tlsAddress().getPort(), LdapTls.IMPLICIT));
                settings.caFile = Optional.of(each.ca());
                settings.connectTimeout = Duration.ofSeconds(10);
                settings.serverTimeout = Duration.ofSeconds(10);
                try (LdapDirectory directory = directory(settings)) {
                    if (each.equals(good)) {
                        awaitKnown(directory);
                    } else {
                        assertThat(ask(directory, KNOWN)).isInstanceOf(Lookup.Undetermined.class);
                        assertThat(ask(directory, NOBODY)).isInstanceOf(Lookup.Undetermined.class);
                    }
                }
            }
        }
    }

    @Test
    void aReferral_isUndetermined_unlessReferencesAreIgnored() throws Exception {
        String elsewhere =
                "dn: ou=far," + Slapd.SUFFIX + "\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\n"
                        + "ref: ldap://127.0.0.1:1/ou=far," + Slapd.SUFFIX + "\n\n";
        try (Slapd slapd = Slapd.start(SITE.ldif() + elsewhere, "", INDEX)) {
            TestConfig settings = settings(slapd);
            try (LdapDirectory directory = directory(settings)) {
                assertThat(ask(directory, NOBODY)).isInstanceOf(Lookup.Undetermined.class);
            }
            settings.baseDn = "ou=far," + Slapd.SUFFIX;
            try (LdapDirectory directory = directory(settings)) {
                assertThat(ask(directory, NOBODY))
                        .as("a referral for an answer")
                        .isInstanceOf(Lookup.Undetermined.class);
            }
            settings.baseDn = Slapd.SUFFIX;
            settings.ignoreReferences = true;
            try (LdapDirectory directory = directory(settings)) {
                assertThat(ask(directory, NOBODY)).isInstanceOf(Lookup.Unknown.class);
                awaitKnown(directory);
            }
        }
    }

    @Test
    void twoMatches_andTheServersSizeLimit_areUndetermined() throws Exception {
        String second =
                "dn: uid=second," + Slapd.SUFFIX + "\nobjectClass: account\nobjectClass: qmailUser\nuid: second\n"
                        + "mail: second@domain01.example\nmailAlternateAddress: " + KNOWN + "\n\n";
        for (String limit : List.of("", "sizelimit 1\n")) {
            try (Slapd slapd = Slapd.start(SITE.ldif() + second, "", INDEX + limit);
                    LdapDirectory directory = directory(settings(slapd))) {
                assertThat(ask(directory, KNOWN)).as(limit).isInstanceOf(Lookup.Undetermined.class);
                assertThat(ask(directory, "second@domain01.example")).as(limit).isInstanceOf(Lookup.Known.class);
            }
        }
    }

    @Test
    void aListing_thatTheServerCutsShort_saysWhatToAllow() {
        TestDirectory more = TestDirectory.generate(600, 5, 3);
        try (Slapd slapd = Slapd.start(more.ldif(), "", INDEX);
                LdapDirectory directory = directory(settings(slapd))) {
            assertThat(directory.forEachAccount(_ -> {}, Deadline.in(Duration.ofSeconds(60))))
                    .hasValueSatisfying(why -> assertThat(why).contains("size.prtotal"));
        }
    }

    @Test
    void aHundredThousandAccounts_areLookedUpAndListed() {
        TestDirectory large = TestDirectory.generate(100_000, 20, 3);
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (Slapd slapd = Slapd.start(large.ldif(), "", INDEX + "limits * size.prtotal=unlimited\n")) {
            TestConfig settings = settings(slapd);
            settings.domains = large.domains().stream().map(Domain::new).toList();
            try (LdapDirectory directory = new LdapDirectory(settings.config(), meters)) {
                for (int i = 0; i < 1000; i++) {
                    String address = large.addresses()
                            .get(random.nextInt(large.addresses().size()));
                    assertThat(ask(directory, address)).as(address).isInstanceOf(Lookup.Known.class);
                    assertThat(ask(directory, "none" + i + "@domain77.example")).isInstanceOf(Lookup.Unknown.class);
                }
                AtomicInteger good = new AtomicInteger();
                AtomicInteger others = new AtomicInteger();
                assertThat(directory.forEachAccount(
                                each -> (each instanceof AccountSource.Listed.Good ? good : others).incrementAndGet(),
                                Deadline.in(Duration.ofSeconds(60))))
                        .isEmpty();
                assertThat(good.get() + others.get()).isEqualTo(100_020);
                assertThat(others.get()).as("those that are deleted").isLessThan(1000);
            }
        }
    }
}
