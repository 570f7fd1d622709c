// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.dns.DnsAnswer.Reason;
import org.postern.core.dns.DnsResolver;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.Domain;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;
import org.postern.scanworkers.dnsbl.ListConfig.Subject;

@Timeout(60)
final class DnsblFilterTest {
    private static final Map<String, Double> CODES = Map.of("127.0.0.2", 1.0, "127.0.0.4/30", 0.4);

    private final InMemoryDns dns =
            new InMemoryDns().address("2.0.0.127.bl.example", "127.0.0.2").address("test.dbl.example", "127.0.1.2");

    static DnsblConfig config(String name, String zone, Map<String, Double> codes, Subject... subjects) {
        return new DnsblConfig(
                Map.of(name, new ListConfig(new Domain(zone), List.of(subjects), HashForm.SHA1, codes, true)),
                Duration.ofSeconds(20),
                Duration.ofMinutes(5));
    }

    static MailTransaction mail(String address, Optional<String> user) throws Exception {
        MessageContent content = MessageContent.of("From: a@b\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return new MailTransaction(
                TransactionId.create(0),
                "mx",
                new ClientInfo(InetAddress.getByName(address), "spam.example.net", true, Optional.empty(), user),
                Envelope.of(ReversePath.parse("a@bad.example.org"), List.of(ForwardPath.parse("b@example.net"))),
                content,
                MessageHeader.read(content, ByteSize.ofKiB(64)),
                Instant.EPOCH);
    }

    private static DnsblFilter probed(DnsblConfig config, DnsResolver dns) throws Exception {
        DnsblFilter filter = new DnsblFilter(config, dns, new SimpleMeterRegistry());
        filter.probe();
        return filter;
    }

    private FilterResult scan(DnsblConfig config, String address) throws Exception {
        try (DnsblFilter filter = probed(config, dns)) {
            return filter.scan(mail(address, Optional.empty()), Deadline.in(Duration.ofSeconds(30)));
        }
    }

    private static List<Finding> findings(FilterResult result) {
        assertThat(result).isInstanceOf(FilterResult.Findings.class);
        return ((FilterResult.Findings) result).findings();
    }

    @Test
    void scan_listedAddress_isFoundWithTheScoreOfItsCode() throws Exception {
        dns.address("1.2.0.192.bl.example", "127.0.0.2");
        dns.address("2.2.0.192.bl.example", "127.0.0.5");
        dns.address("3.2.0.192.bl.example", "127.0.0.5").address("3.2.0.192.bl.example", "127.0.0.2");
        DnsblConfig config = config("bl", "bl.example", CODES, Subject.CLIENT);
        assertThat(findings(scan(config, "192.0.2.1"))).singleElement().satisfies(finding -> {
            assertThat(finding.symbol()).isEqualTo("DNSBL_BL");
            assertThat(finding.score()).isEqualTo(1.0);
            assertThat(finding.evidence()).contains("192.0.2.1", "bl.example", "127.0.0.2");
        });
        assertThat(findings(scan(config, "192.0.2.2")))
                .extracting(Finding::score)
                .containsExactly(0.4);
        assertThat(findings(scan(config, "192.0.2.3")))
                .extracting(Finding::score)
                .containsExactly(1.0);
        assertThat(findings(scan(config, "192.0.2.9"))).isEmpty();
    }

    @Test
    void scan_ip6Address_isAskedByItsNibbles() throws Exception {
        dns.address("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.example", "127.0.0.2");
        assertThat(findings(scan(config("bl", "bl.example", CODES, Subject.CLIENT), "2001:db8::1")))
                .hasSize(1);
    }

    @Test
    void scan_domainLists_lookAtHeloAndSender() throws Exception {
        dns.address("spam.example.net.dbl.example", "127.0.1.2").address("bad.example.org.dbl.example", "127.0.1.2");
        DnsblConfig config = config("dbl", "dbl.example", Map.of("127.0.1.0/24", 0.7), Subject.HELO, Subject.SENDER);
        assertThat(findings(scan(config, "192.0.2.1")))
                .extracting(Finding::evidence)
                .satisfiesExactly(
                        text -> assertThat(text).contains("spam.example.net"),
                        text -> assertThat(text).contains("bad.example.org"));
    }

    @Test
    void scan_allowList_speaksForTheMail() throws Exception {
        dns.address("1.2.0.192.bl.example", "127.0.0.9");
        DnsblConfig config = config("wl", "bl.example", Map.of("127.0.0.9", -0.5), Subject.CLIENT);
        assertThat(findings(scan(config, "192.0.2.1")))
                .extracting(Finding::score)
                .containsExactly(-0.5);
    }

    @Test
    void scan_answersOutsideTheCodes_areErrors_neverListings() throws Exception {
        for (String code : new String[] {"127.255.255.254", "127.255.255.2", "127.0.0.99", "192.0.2.80", "127.0.1.2"}) {
            dns.remove("1.2.0.192.bl.example");
            dns.address("1.2.0.192.bl.example", "127.0.0.2").address("1.2.0.192.bl.example", code);
            assertThat(scan(config("bl", "bl.example", CODES, Subject.CLIENT), "192.0.2.1"))
                    .as(code)
                    .isInstanceOf(FilterResult.NoVerdict.class);
        }
    }

    @Test
    void scan_everyKindOfDnsTrouble_isNoVerdict_orAnErrorBesideOthers() throws Exception {
        for (Reason reason : Reason.values()) {
            dns.failing("1.2.0.192.bl.example", reason);
            assertThat(scan(config("bl", "bl.example", CODES, Subject.CLIENT), "192.0.2.1"))
                    .isInstanceOf(FilterResult.NoVerdict.class);
        }
        ListConfig broken =
                new ListConfig(new Domain("bl.example"), List.of(Subject.CLIENT), HashForm.SHA1, CODES, true);
        ListConfig good = new ListConfig(
                new Domain("dbl.example"), List.of(Subject.SENDER), HashForm.SHA1, Map.of("127.0.1.2", 0.5), true);
        DnsblConfig both =
                new DnsblConfig(Map.of("bl", broken, "dbl", good), Duration.ofSeconds(20), Duration.ofMinutes(5));
        assertThat(findings(scan(both, "192.0.2.1")))
                .extracting(Finding::symbol)
                .containsExactly("DNSBL_ERROR");
    }

    @Test
    void scan_listThatLies_isSuspended_andBelievedAgainLater() throws Exception {
        dns.address("1.2.0.192.bl.example", "127.0.0.2");
        DnsblConfig config = config("bl", "bl.example", CODES, Subject.CLIENT);
        try (DnsblFilter filter = probed(config, dns)) {
            MailTransaction mail = mail("192.0.2.1", Optional.empty());
            assertThat(findings(filter.scan(mail, Deadline.in(Duration.ofSeconds(30)))))
                    .hasSize(1);

            dns.address("1.0.0.127.bl.example", "127.0.0.2"); // lists everything
            filter.probe();
            assertThat(filter.scan(mail, Deadline.in(Duration.ofSeconds(30))))
                    .isInstanceOf(FilterResult.NoVerdict.class);
            assertThat(filter.status(Deadline.in(Duration.ofSeconds(30))).description())
                    .contains("lists 1.0.0.127");

            dns.failing("1.0.0.127.bl.example", org.postern.core.dns.DnsQuestion.Type.A, Reason.TIMED_OUT);
            filter.probe();
            assertThat(filter.scan(mail, Deadline.in(Duration.ofSeconds(30))))
                    .isInstanceOf(FilterResult.NoVerdict.class);

            dns.remove("1.0.0.127.bl.example");
            filter.probe();
            assertThat(findings(filter.scan(mail, Deadline.in(Duration.ofSeconds(30)))))
                    .hasSize(1);

            dns.remove("2.0.0.127.bl.example"); // lists nothing any more
            filter.probe();
            assertThat(filter.status(Deadline.in(Duration.ofSeconds(30))).usable())
                    .isFalse();
        }
    }

    @Test
    void scan_beforeTheFirstProbe_believesNothing() throws Exception {
        dns.address("1.2.0.192.bl.example", "127.0.0.2");
        DnsblConfig config = config("bl", "bl.example", CODES, Subject.CLIENT);
        try (DnsblFilter filter = new DnsblFilter(config, dns, new SimpleMeterRegistry())) {
            assertThat(filter.scan(mail("192.0.2.1", Optional.empty()), Deadline.in(Duration.ofSeconds(30))))
                    .isInstanceOf(FilterResult.NoVerdict.class);
        }
    }

    @Test
    void scan_usersAndPrivateAddresses_areNotLookedUp() throws Exception {
        DnsblConfig config = config("bl", "bl.example", CODES, Subject.CLIENT);
        try (DnsblFilter filter = probed(config, dns)) {
            int before = dns.questions();
            filter.scan(mail("192.0.2.1", Optional.of("ann")), Deadline.in(Duration.ofSeconds(30)));
            for (String address :
                    new String[] {"127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "0::1", "fd00::1"}) {
                filter.scan(mail(address, Optional.empty()), Deadline.in(Duration.ofSeconds(30)));
            }
            assertThat(dns.questions()).isEqualTo(before);
        }
    }

    @Test
    void factory_watchesItsListsByItself() throws Exception {
        DnsblFactory factory = new DnsblFactory();
        Surroundings surroundings = new Surroundings(Path.of("."), Path.of("."), new SimpleMeterRegistry(), dns);
        try (Filter filter = factory.create(config("bl", "bl.example", CODES, Subject.CLIENT), surroundings)) {
            assertThat(filter.name()).isEqualTo(factory.name()).isEqualTo("dnsbl");
            while (!filter.status(Deadline.in(Duration.ofSeconds(30))).usable()) {
                Thread.sleep(20);
            }
        }
    }

    @Test
    void config_withCodesThatAreNone_isRefused() {
        for (String code : new String[] {"192.0.2.1", "127.255.255.254", "0.0.0.0/0", "nonsense"}) {
            assertThatThrownBy(() -> config("bl", "bl.example", Map.of(code, 1.0), Subject.CLIENT))
                    .as(code)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> config("Not A Name", "bl.example", CODES, Subject.CLIENT))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
