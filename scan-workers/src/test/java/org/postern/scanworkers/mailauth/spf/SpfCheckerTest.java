// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.dns.DnsAnswer.Reason;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.limits.Deadline;

/// What the suite of RFC 7208 does not look at.
@Timeout(60)
final class SpfCheckerTest {
    private final InMemoryDns dns = new InMemoryDns();

    private SpfResult check(String sender) throws Exception {
        return checker()
                .check(InetAddress.getByName("192.0.2.1"), sender, "mail.example.org", deadline())
                .result();
    }

    private SpfChecker checker() {
        return new SpfChecker(dns, "mx.example.net", Clock.systemUTC());
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    @Test
    void check_everyKindOfDnsTrouble_isTempError_neverNone() throws Exception {
        for (Reason reason : Reason.values()) {
            dns.failing("example.org", reason);
            assertThat(check("a@example.org")).as(reason.name()).isEqualTo(SpfResult.TEMPERROR);
        }
        dns.txt("includer.example", "v=spf1 include:example.org -all");
        assertThat(check("a@includer.example")).isEqualTo(SpfResult.TEMPERROR);
    }

    @Test
    void check_afterTheDeadline_isTempError() throws Exception {
        dns.txt("example.org", "v=spf1 +all");
        assertThat(checker()
                        .check(
                                InetAddress.getByName("192.0.2.1"),
                                "a@example.org",
                                "x.example",
                                Deadline.in(Duration.ZERO))
                        .result())
                .isEqualTo(SpfResult.TEMPERROR);
    }

    @Test
    void check_includeLoop_endsAtTheLimit() throws Exception {
        dns.txt("loop.example", "v=spf1 include:loop.example -all");
        int before = dns.questions();
        assertThat(check("a@loop.example")).isEqualTo(SpfResult.PERMERROR);
        assertThat(dns.questions() - before).isLessThanOrEqualTo(11);
    }

    @Test
    void check_nullSender_isAboutHelo() throws Exception {
        dns.txt("mail.example.org", "v=spf1 ip4:192.0.2.0/24 -all");
        assertThat(check("")).isEqualTo(SpfResult.PASS);
    }

    @Test
    void check_manyRecordsAtOneName_areReadOnce_andTwoPoliciesAreAnError() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            dns.txt("many.example", "junk " + i);
        }
        dns.txt("many.example", "v=spf1 +all");
        assertThat(check("a@many.example")).isEqualTo(SpfResult.PASS);
        dns.txt("many.example", "v=spf1 -all");
        assertThat(check("a@many.example")).isEqualTo(SpfResult.PERMERROR);
    }

    @Test
    void addressText_isAsRfc5952ShowsIt() throws Exception {
        assertThat(AddressText.of(InetAddress.getByName("2001:db8:0:0:1:0:0:1")))
                .isEqualTo("2001:db8::1:0:0:1");
        assertThat(AddressText.of(InetAddress.getByName("2001:db8:0:1:1:1:1:1")))
                .isEqualTo("2001:db8:0:1:1:1:1:1");
        assertThat(AddressText.of(InetAddress.getByName("::"))).isEqualTo("::");
        assertThat(AddressText.of(InetAddress.getByName("0::1"))).isEqualTo("::1");
        assertThat(AddressText.of(InetAddress.getByName("1::"))).isEqualTo("1::");
        assertThat(AddressText.of(InetAddress.getByName("192.0.2.1"))).isEqualTo("192.0.2.1");
    }

    @Test
    void check_randomPolicies_alwaysEnds_andNeverThrows() throws Exception {
        long seed = System.nanoTime();
        System.err.println("SpfCheckerTest seed " + seed);
        Random random = new Random(seed);
        String[] parts = {
            "v=spf1",
            " ",
            "a",
            "mx",
            "ptr",
            "include:",
            "exists:",
            "redirect=",
            "exp=",
            "ip4:",
            "ip6:",
            "all",
            "-",
            "~",
            "?",
            "%{",
            "}",
            "s",
            "d1r",
            "i",
            "p",
            "192.0.2.1",
            "/24",
            "//64",
            "::1",
            "x.example",
            ".",
            "%",
            "=",
            "example.org",
            ":",
            "\t",
            "é",
            "%%",
            "%_",
            "0",
            "99999999999"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder policy = new StringBuilder("v=spf1 ");
            for (int j = random.nextInt(12); j >= 0; j--) {
                policy.append(parts[random.nextInt(parts.length)]);
            }
            dns.remove("x.example");
            dns.txt("x.example", policy.toString());
            assertThat(check("\"odd @ local\"@x.example")).as(policy.toString()).isNotNull();
        }
    }
}
