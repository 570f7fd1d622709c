// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.filter.Extract;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.dnsbl.ListConfig.Subject;

/// Lists of the domains in links, and of hashes.
@Timeout(60)
class DnsblExtractsTest {
    /// From another implementation: printf scammer@gmail.com | sha1sum.
    private static final String SHA1 = "2ab676aa6ed7194fa26dea894301a393ad44fc46";
    private static final String SHA256_BASE32 = "owyfe7hhhn35g7tcyht7fy43taz6d26ubwcbgidjvozutxdggd5q";
    private static final String FILE_BASE32 = "vov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvov2xk5lvovq";
    private static final Map<String, Double> CODES = Map.of("127.0.1.2", 1.0, "127.0.1.4/30", 0.4);

    private final InMemoryDns dns =
            new InMemoryDns().address("test.dbl.example", "127.0.1.2").address("2.0.0.127.bl.example", "127.0.0.2");

    private static ListConfig list(String zone, HashForm hash, Subject... subjects) {
        return new ListConfig(new Domain(zone), List.of(subjects), hash, CODES, true);
    }

    private DnsblFilter filter(Map<String, ListConfig> lists) throws Exception {
        DnsblFilter filter = new DnsblFilter(
                new DnsblConfig(lists, Duration.ofSeconds(20), Duration.ofMinutes(5)), dns, new SimpleMeterRegistry());
        filter.probe();
        return filter;
    }

    private static MailTransaction mail() throws Exception {
        return DnsblFilterTest.mail("192.0.2.1", Optional.empty());
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(30));
    }

    private static Map<String, Double> scores(FilterResult result) {
        assertThat(result).isInstanceOf(FilterResult.Findings.class);
        Map<String, Double> scores = new TreeMap<>();
        for (Finding finding : ((FilterResult.Findings) result).findings()) {
            assertThat(scores.put(finding.symbol(), finding.score()))
                    .as("twice")
                    .isNull();
        }
        return scores;
    }

    private static Extract link(String host) {
        return new Extract.Link("http://" + host + "/", host);
    }

    @Test
    void follow_domainsOfLinks_areAskedAsRegistered_andTheListSpeaksOnce() throws Exception {
        dns.address("spam.example.dbl.example", "127.0.1.5")
                .address("worse.co.uk.dbl.example", "127.0.1.2")
                .address("2.0.0.127.dbl.example", "127.0.1.2");
        try (DnsblFilter filter = filter(Map.of("dbl", list("dbl.example", HashForm.SHA1, Subject.URLS)))) {
            assertThat(filter.follows()).isTrue();
            FilterResult first = filter.scan(mail(), soon());
            assertThat(scores(first)).isEmpty();
            Set<Extract> links =
                    Set.of(link("a.b.spam.example"), link("www.worse.co.uk"), link("good.example"), link("127.0.0.2"));
            FilterResult second = filter.follow(mail(), first, links, soon());
            assertThat(scores(second)).containsExactly(Map.entry("DNSBL_DBL", 1.0));
            assertThat(filter.lowestScore()).isZero();
        }
    }

    @Test
    void follow_domainsUnderAPublicSuffix_areAskedAsRegistered_andNoSuffixIs() throws Exception {
        // Were the suffixes asked, each of these links would be listed.
        dns.address("com.au.dbl.example", "127.0.1.2")
                .address("github.io.dbl.example", "127.0.1.2")
                .address("c.kobe.jp.dbl.example", "127.0.1.2")
                .address("worse.com.au.dbl.example", "127.0.1.5");
        try (DnsblFilter filter = filter(Map.of("dbl", list("dbl.example", HashForm.SHA1, Subject.URLS)))) {
            Set<Extract> good = Set.of(link("www.good.com.au"), link("page.github.io"), link("a.b.c.kobe.jp"));
            assertThat(scores(filter.follow(mail(), FilterResult.nothing(), good, soon())))
                    .isEmpty();
            assertThat(scores(
                            filter.follow(mail(), FilterResult.nothing(), Set.of(link("a.b.c.worse.com.au")), soon())))
                    .containsExactly(Map.entry("DNSBL_DBL", 0.4));
        }
    }

    @Test
    void follow_ofManyHosts_asksForEachRegisteredDomainFirst() throws Exception {
        dns.address("bad.example.dbl.example", "127.0.1.2");
        Set<Extract> links = new LinkedHashSet<>();
        for (int i = 0; i < Questions.SUBJECTS_MAX - 1; i++) {
            links.add(link("www.good" + i + ".example"));
        }
        links.add(link("www.bad.example"));
        try (DnsblFilter filter = filter(Map.of("dbl", list("dbl.example", HashForm.SHA1, Subject.URLS)))) {
            assertThat(scores(filter.follow(mail(), FilterResult.nothing(), links, soon())))
                    .containsExactly(Map.entry("DNSBL_DBL", 1.0));
        }
    }

    @Test
    void addresses_areAskedByTheirHashes_asTheListWritesThem() throws Exception {
        dns.address(SHA1 + ".ebl.example", "127.0.1.2").address(SHA256_BASE32 + "._email.key.hbl.example", "127.0.1.2");
        try (DnsblFilter filter = filter(Map.of(
                "ebl", list("ebl.example", HashForm.SHA1, Subject.EMAILS),
                "hbl", list("_email.key.hbl.example", HashForm.SHA256_BASE32, Subject.EMAILS)))) {
            FilterResult first = filter.scan(mail(), soon());
            assertThat(scores(first)).isEmpty();
            FilterResult second =
                    filter.follow(mail(), first, Set.of(new Extract.Mailbox("Scam.Mer+tag@GoogleMail.com")), soon());
            assertThat(scores(second)).containsOnly(Map.entry("DNSBL_EBL", 1.0), Map.entry("DNSBL_HBL", 1.0));
        }
    }

    @Test
    void files_areAskedByTheirHash() throws Exception {
        dns.address(FILE_BASE32 + "._file.key.hbl.example", "127.0.1.2");
        try (DnsblFilter filter =
                filter(Map.of("files", list("_file.key.hbl.example", HashForm.SHA256_BASE32, Subject.FILES)))) {
            FilterResult result =
                    filter.follow(mail(), FilterResult.nothing(), Set.of(new Extract.File("ab".repeat(32))), soon());
            assertThat(scores(result)).containsOnly(Map.entry("DNSBL_FILES", 1.0));
        }
        assertThatThrownBy(() -> list("x.example", HashForm.SHA1, Subject.FILES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sha256-base32");
    }

    @Test
    void follow_whenTheListFails_keepsWhatWasFoundBefore() throws Exception {
        dns.address("1.2.0.192.bl.example", "127.0.1.2")
                .failing("spam.example.bl.example", DnsAnswer.Failure.Reason.TIMED_OUT);
        dns.address("test.bl.example", "127.0.1.2");
        try (DnsblFilter filter =
                filter(Map.of("bl", list("bl.example", HashForm.SHA1, Subject.CLIENT, Subject.URLS)))) {
            FilterResult first = filter.scan(mail(), soon());
            FilterResult second = filter.follow(mail(), first, Set.of(link("spam.example")), soon());
            assertThat(scores(second)).containsOnly(Map.entry("DNSBL_BL", 1.0), Map.entry("DNSBL_ERROR", 0.0));
        }
    }

    @Test
    void connected_asksOfTheClientBeforeAnyMail() throws Exception {
        try (DnsblFilter filter = filter(Map.of("bl", list("bl.example", HashForm.SHA1, Subject.CLIENT)))) {
            int before = dns.questions();
            filter.connected(
                    new ClientInfo(InetAddress.getByName("192.0.2.77"), "", false, Optional.empty(), Optional.empty()));
            while (dns.questions() == before) {
                Thread.sleep(10);
            }
            filter.connected(
                    new ClientInfo(InetAddress.getByName("10.0.0.1"), "", false, Optional.empty(), Optional.empty()));
            assertThat(dns.questions()).isEqualTo(before + 1);
        }
    }

    @Test
    void lowestScore_ofAnAllowList_isWhatItMayTakeAway() throws Exception {
        ListConfig allow = new ListConfig(
                new Domain("bl.example"), List.of(Subject.CLIENT), HashForm.SHA1, Map.of("127.0.0.2", -1.5), true);
        try (DnsblFilter filter = filter(Map.of("allow", allow))) {
            assertThat(filter.lowestScore()).isLessThanOrEqualTo(-1.5).isGreaterThan(-10);
        }
    }
}
