// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;

@Timeout(60)
final class ClientFilterTest {
    private static final String ADDRESS = "198.51.100.7";

    private final InMemoryDns dns = new InMemoryDns()
            .ptr("7.100.51.198.in-addr.arpa", "mail.there.example")
            .address("mail.there.example", ADDRESS);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private ClientConfig config =
            new ClientConfig(List.of(new Domain("here.example")), Duration.ofSeconds(5), Map.of());

    private FilterResult scan(String address, String helo, boolean early, Optional<String> user) throws Exception {
        MailTransaction mail = Mails.simple();
        ClientInfo client = new ClientInfo(
                InetAddress.ofLiteral(address), helo, true, Optional.empty(), user, Optional.empty(), early);
        try (ClientFilter filter = new ClientFilter(config, "mx1.here.example", dns, meters)) {
            return filter.scan(
                    new MailTransaction(
                            mail.id(),
                            mail.farm(),
                            client,
                            mail.envelope(),
                            mail.content(),
                            mail.header(),
                            mail.received()),
                    Deadline.in(Duration.ofSeconds(30)));
        }
    }

    private static String symbols(FilterResult result) {
        return switch (result) {
            case FilterResult.NoVerdict silence -> "no verdict: " + silence.reason();
            case FilterResult.Findings found ->
                found.findings().stream().map(Finding::symbol).collect(Collectors.joining(" "));
        };
    }

    private String from(String address, String helo) throws Exception {
        return symbols(scan(address, helo, false, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "mail.there.example, ''",
        "MAIL.There.Example., ''",
        "[198.51.100.7], ''",
        "[198.51.100.8], HELO_OTHER_ADDRESS",
        "[IPv6:2001:db8::1], HELO_OTHER_ADDRESS",
        "[nonsense], HELO_NOT_FQDN",
        "198.51.100.7, HELO_BARE_IP",
        "2001:db8::1, HELO_BARE_IP",
        "localhost, HELO_NOT_FQDN",
        "friend, HELO_NOT_FQDN",
        "a b.example, HELO_NOT_FQDN",
        "here.example, HELO_IS_US",
        "MX1.here.example, HELO_IS_US",
        "nowhere.example, HELO_NO_SUCH_NAME",
    })
    void what_a_client_calls_itself_is_looked_at(String helo, String expected) throws Exception {
        assertThat(from(ADDRESS, helo)).isEqualTo(expected);
    }

    @Test
    void what_was_found_and_how_dns_answered_is_counted() throws Exception {
        from(ADDRESS, "nowhere.example");
        from(ADDRESS, "mail.there.example");
        from("198.51.100.8", "here.example");

        assertThat(meters.getMeters().stream().map(ClientFilterTest::shown))
                .containsExactlyInAnyOrder(
                        "postern.client.found [HELO_NO_SUCH_NAME] 1",
                        "postern.client.found [HELO_IS_US] 1",
                        "postern.client.found [RDNS_NONE] 1",
                        "postern.client.lookup [no-such-name, helo] 1",
                        "postern.client.lookup [exists, helo] 1",
                        "postern.client.lookup [confirmed, reverse] 2",
                        "postern.client.lookup [none, reverse] 1");
    }

    private static String shown(Meter meter) {
        double count = meter.measure().iterator().next().getValue(); // of a timer too
        return meter.getId().getName() + " "
                + meter.getId().getTags().stream().map(Tag::getValue).toList() + " " + (int) count;
    }

    @Test
    void an_address_without_a_name_is_found() throws Exception {
        assertThat(from("198.51.100.8", "mail.there.example")).isEqualTo("RDNS_NONE");
    }

    @Test
    void a_name_that_does_not_lead_back_is_found() throws Exception {
        dns.ptr("9.100.51.198.in-addr.arpa", "mail.there.example").ptr("9.100.51.198.in-addr.arpa", "gone.example");
        assertThat(from("198.51.100.9", "mail.there.example")).isEqualTo("RDNS_NOT_CONFIRMED");
    }

    @Test
    void one_name_of_several_that_leads_back_is_enough_also_over_ipv6() throws Exception {
        String reverse = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
        dns.ptr(reverse, "a.there.example").ptr(reverse, "b.there.example").address("b.there.example", "2001:db8::1");
        assertThat(from("2001:db8::1", "mail.there.example")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "198-51-100-7.isp.example, true",
        "host7.100.51.198.isp.example, true",
        "c6336407.isp.example, true",
        "customer.dyn.isp.example, true",
        "dsl-4711.isp.example, true",
        "pool7.isp.example, true",
        "mail7.isp.example, false",
        "dynamo.example, false",
        "smtp-198-51.isp.example, false",
        "mx.pooling.example, false",
    })
    void names_made_from_addresses_look_dynamic(String name, boolean dynamic) {
        assertThat(DynamicNames.looksLikeOne(new DnsName(name), InetAddress.ofLiteral(ADDRESS)))
                .isEqualTo(dynamic);
    }

    @Test
    void a_dynamic_looking_name_is_found() throws Exception {
        dns.ptr("10.100.51.198.in-addr.arpa", "198-51-100-10.dyn.example")
                .address("198-51-100-10.dyn.example", "198.51.100.10");
        assertThat(from("198.51.100.10", "mail.there.example")).isEqualTo("RDNS_DYNAMIC_LOOKING");
    }

    @Test
    void dns_that_does_not_answer_is_no_verdict_whatever_else_was_seen() throws Exception {
        dns.failing("11.100.51.198.in-addr.arpa", DnsAnswer.Reason.TIMED_OUT);
        assertThat(scan("198.51.100.11", "1.2.3.4", true, Optional.empty()))
                .isInstanceOfSatisfying(FilterResult.NoVerdict.class, silence -> {
                    assertThat(silence.reason()).isEqualTo(NoVerdictReason.UNAVAILABLE);
                    assertThat(silence.soFar().findings())
                            .extracting(Finding::symbol)
                            .contains("EARLY_TALKER", "HELO_BARE_IP");
                });
        dns.failing("broken.example", DnsAnswer.Reason.SERVER_FAILURE);
        assertThat(from(ADDRESS, "broken.example")).isEqualTo("no verdict: UNAVAILABLE");
        dns.ptr("12.100.51.198.in-addr.arpa", "broken.example");
        assertThat(from("198.51.100.12", "mail.there.example")).isEqualTo("no verdict: UNAVAILABLE");
    }

    @Test
    void an_early_talker_is_found() throws Exception {
        assertThat(symbols(scan(ADDRESS, "mail.there.example", true, Optional.empty())))
                .isEqualTo("EARLY_TALKER");
    }

    @Test
    void users_are_not_looked_at_and_private_addresses_not_looked_up() throws Exception {
        int before = dns.questions();
        assertThat(symbols(scan(ADDRESS, "laptop", true, Optional.of("alice@here.example"))))
                .isEmpty();
        assertThat(from("192.168.0.7", "[192.168.0.7]")).isEmpty();
        assertThat(from("fd00::7", "laptop")).isEqualTo("HELO_NOT_FQDN");
        assertThat(dns.questions()).isEqualTo(before);
    }

    @Test
    void scores_can_be_set() throws Exception {
        config = new ClientConfig(List.of(), Duration.ofSeconds(5), Map.of("HELO_BARE_IP", 2.5));
        assertThat(scan(ADDRESS, "1.2.3.4", false, Optional.empty()))
                .isEqualTo(new FilterResult.Findings(List.of(new Finding("HELO_BARE_IP", 2.5, "1.2.3.4"))));
    }

    @Test
    void lookups_at_connect_ask_what_the_filter_will_ask() throws Exception {
        try (ClientFilter filter = new ClientFilter(config, "localhost", dns, meters)) {
            for (String address : List.of("10.0.0.1", ADDRESS)) {
                filter.connected(
                        new ClientInfo(InetAddress.ofLiteral(address), "", false, Optional.empty(), Optional.empty()));
            }
            while (dns.questions() < 2) {
                Thread.sleep(5);
            }
            assertThat(dns.questions()).as("the name, and its address").isEqualTo(2);
        }
    }

    @Test
    void every_setting_can_be_written(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("c.yaml"), "our-names: [here.example]\ntimeout: 7s\nscores: { RDNS_NONE: 1 }\n");
        assertThat(ConfigFile.read(file, List.of(), ClientConfig.class))
                .isEqualTo(new ClientConfig(
                        List.of(new Domain("here.example")), Duration.ofSeconds(7), Map.of("RDNS_NONE", 1.0)));
        assertThat(ConfigFile.read(Files.writeString(file, ""), List.of(), ClientConfig.class))
                .isEqualTo(ClientConfig.defaults());
        Files.writeString(file, "timeout: 1ms\n");
        assertThatThrownBy(() -> ConfigFile.read(file, List.of(), ClientConfig.class))
                .isInstanceOf(ConfigException.class);
        Files.writeString(file, "scores: { RDNS_NUN: 1 }\n");
        assertThatThrownBy(() -> ConfigFile.read(file, List.of(), ClientConfig.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("RDNS_NUN");
    }
}
