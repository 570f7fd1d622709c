// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dmarc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.dns.DnsAnswer.Reason;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;

@Timeout(60)
final class DmarcEvaluatorTest {
    private final InMemoryDns dns = new InMemoryDns();

    private static MessageHeader header(String text) throws Exception {
        return MessageHeader.read(
                MessageContent.of((text + "\r\n\r\nbody").getBytes(StandardCharsets.UTF_8)), ByteSize.ofKiB(64));
    }

    private DmarcOutcome evaluate(String from, String spf, String... dkim) throws Exception {
        return evaluate(from, false, spf, dkim);
    }

    private DmarcOutcome evaluate(String from, boolean uncertain, String spf, String... dkim) throws Exception {
        List<DnsName> domains = Arrays.stream(dkim).map(DnsName::new).toList();
        return new DmarcEvaluator(dns)
                .evaluate(
                        header("From: " + from),
                        new DmarcEvaluator.Authenticated(
                                spf.isEmpty() ? Optional.empty() : Optional.of(new DnsName(spf)), domains, uncertain),
                        Deadline.in(Duration.ofSeconds(20)));
    }

    private void assertThatPolicy(String from, DmarcPolicy policy) throws Exception {
        assertThat(evaluate(from, "").policy()).as(from).contains(policy);
    }

    @Test
    void evaluate_noPolicyAnywhere_isNone() throws Exception {
        assertThat(evaluate("a@example.org", "").result()).isEqualTo(DmarcResult.NONE);
    }

    @Test
    void evaluate_everyKindOfDnsTrouble_isTempError_neverNone() throws Exception {
        for (Reason reason : Reason.values()) {
            dns.failing("_dmarc.example.org", reason);
            assertThat(evaluate("a@example.org", "").result()).isEqualTo(DmarcResult.TEMPERROR);
            assertThat(evaluate("a@sub.example.org", "").result()).isEqualTo(DmarcResult.TEMPERROR);
        }
    }

    @Test
    void evaluate_uncertainSpfOrDkim_isTempError_unlessSomethingElseIsAligned() throws Exception {
        dns.txt("_dmarc.example.org", "v=DMARC1; p=reject");
        assertThat(evaluate("a@example.org", true, "").result()).isEqualTo(DmarcResult.TEMPERROR);
        assertThat(evaluate("a@example.org", true, "", "example.org").result()).isEqualTo(DmarcResult.PASS);
    }

    @Test
    void evaluate_severalAuthors_isJudgedByTheStrictestWhoWasForged() throws Exception {
        dns.txt("_dmarc.bank.example", "v=DMARC1; p=reject");
        dns.txt("_dmarc.evil.example", "v=DMARC1; p=none");
        for (String from : List.of(
                "ceo@bank.example, x@evil.example",
                "x@evil.example, ceo@bank.example",
                "x@evil.example\r\nFrom: ceo@bank.example",
                "<ceo@bank.example> <x@evil.example>",
                "ceo@bank.example\r\nno field\r\nX: y")) {
            DmarcOutcome outcome = evaluate(from, "", "evil.example");
            assertThat(outcome.result()).as(from).isEqualTo(DmarcResult.FAIL);
            assertThat(outcome.policy()).as(from).contains(DmarcPolicy.REJECT);
        }
        assertThat(evaluate("a@evil.example, b@other.example", "", "evil.example")
                        .result())
                .isEqualTo(DmarcResult.PERMERROR);
    }

    @Test
    void evaluate_alignment_relaxedAndStrict() throws Exception {
        dns.txt("_dmarc.example.org", "v=DMARC1; p=reject");
        dns.txt("_dmarc.strict.example", "v=DMARC1; p=reject; adkim=s; aspf=s");
        assertThat(evaluate("a@example.org", "", "mail.example.org").result()).isEqualTo(DmarcResult.PASS);
        assertThat(evaluate("a@sub.example.org", "", "example.org").result()).isEqualTo(DmarcResult.PASS);
        assertThat(evaluate("a@example.org", "bounce.example.org").result()).isEqualTo(DmarcResult.PASS);
        assertThat(evaluate("a@example.org", "example.com", "example.net").result())
                .isEqualTo(DmarcResult.FAIL);
        assertThat(evaluate("a@example.org", "", "notexample.org").result()).isEqualTo(DmarcResult.FAIL);
        assertThat(evaluate("a@strict.example", "", "mail.strict.example").result())
                .isEqualTo(DmarcResult.FAIL);
        assertThat(evaluate("a@strict.example", "", "strict.example").result()).isEqualTo(DmarcResult.PASS);
    }

    @Test
    void evaluate_topLevelDomainThatSigned_isNotAligned() throws Exception {
        dns.txt("_dmarc.example.org", "v=DMARC1; p=reject");
        assertThat(evaluate("a@example.org", "", "org").result()).isEqualTo(DmarcResult.FAIL);
    }

    @Test
    void evaluate_publicSuffix_dividesOrganisations() throws Exception {
        dns.txt("_dmarc.bank", "v=DMARC1; p=reject; sp=quarantine; psd=y");
        dns.txt("_dmarc.a.bank", "v=DMARC1; p=none");
        assertThat(evaluate("x@a.bank", "", "b.bank").result()).isEqualTo(DmarcResult.FAIL);
        assertThat(evaluate("x@a.bank", "", "mail.a.bank").result()).isEqualTo(DmarcResult.PASS);
        assertThat(evaluate("x@c.bank", "", "d.bank").result()).isEqualTo(DmarcResult.FAIL);
        assertThatPolicy("x@c.bank", DmarcPolicy.QUARANTINE);
    }

    @Test
    void evaluate_psdN_endsTheOrganisation() throws Exception {
        dns.txt("_dmarc.example.org", "v=DMARC1; p=reject");
        dns.txt("_dmarc.own.example.org", "v=DMARC1; p=none; psd=n");
        assertThat(evaluate("a@own.example.org", "", "example.org").result()).isEqualTo(DmarcResult.FAIL);
        assertThat(evaluate("a@x.own.example.org", "", "own.example.org").result())
                .isEqualTo(DmarcResult.PASS);
        assertThatPolicy("a@x.own.example.org", DmarcPolicy.NONE);
    }

    @Test
    void evaluate_subdomains_takeSpOrNp_andTestingLowersBoth() throws Exception {
        dns.txt("_dmarc.example.org", "v=DMARC1; p=none; sp=quarantine; np=reject");
        dns.address("here.example.org", "192.0.2.1");
        assertThatPolicy("a@example.org", DmarcPolicy.NONE);
        assertThatPolicy("a@here.example.org", DmarcPolicy.QUARANTINE);
        assertThatPolicy("a@nowhere.example.org", DmarcPolicy.REJECT);
        dns.txt("_dmarc.testing.example", "v=DMARC1; p=reject; t=y; pct=0");
        assertThatPolicy("a@testing.example", DmarcPolicy.QUARANTINE);
    }

    @Test
    void evaluate_recordsThatAreWrong_areReadAsTheStandardSays() throws Exception {
        dns.txt("_dmarc.two.example", "v=DMARC1; p=reject").txt("_dmarc.two.example", "v=DMARC1; p=none");
        dns.txt("_dmarc.nop.example", "v=DMARC1; sp=reject");
        dns.txt("_dmarc.reports.example", "v=DMARC1; p=rejekt; rua=mailto:d@example.org");
        dns.txt("_dmarc.lower.example", "v=dmarc1; p=reject");
        dns.txt("_dmarc.late.example", "p=reject; v=DMARC1");
        dns.txt("_dmarc.pct.example", "V = DMARC1;p=REJECT;pct=1;zz=unknown;;");
        assertThat(evaluate("a@two.example", "").result()).isEqualTo(DmarcResult.NONE);
        assertThat(evaluate("a@nop.example", "").result()).isEqualTo(DmarcResult.NONE);
        assertThatPolicy("a@reports.example", DmarcPolicy.NONE);
        assertThat(evaluate("a@lower.example", "").result()).isEqualTo(DmarcResult.NONE);
        assertThat(evaluate("a@late.example", "").result()).isEqualTo(DmarcResult.NONE);
        assertThatPolicy("a@pct.example", DmarcPolicy.REJECT);
    }

    @Test
    void steps_ofALongName_areTheEightOfTheStandard() {
        assertThat(TreeWalk.steps(new DnsName("a.b.c.d.e.f.g.h.i.j.mail.example.com")).stream()
                        .map(DnsName::text))
                .containsExactly(
                        "a.b.c.d.e.f.g.h.i.j.mail.example.com",
                        "g.h.i.j.mail.example.com",
                        "h.i.j.mail.example.com",
                        "i.j.mail.example.com",
                        "j.mail.example.com",
                        "mail.example.com",
                        "example.com",
                        "com");
    }

    @Test
    void evaluate_trickyFrom_neverPassesForADomainThatDidNotSign() throws Exception {
        dns.txt("_dmarc.bank.example", "v=DMARC1; p=reject");
        dns.txt("_dmarc.evil.example", "v=DMARC1; p=reject");
        String[] tricks = {
            "ceo@bank.example\r\nFrom: x@evil.example",
            "x@evil.example\r\nfrom: ceo@bank.example",
            "x@evil.example\r\nFrom : ceo@bank.example",
            "ceo@bank.example, x@evil.example",
            "x@evil.example, ceo@bank.example",
            "x@evil.example ceo@bank.example",
            "<ceo@bank.example> <x@evil.example>",
            "ceo@bank.example <x@evil.example>",
            "<ceo@bank.example>, <x@evil.example>",
            "group: ceo@bank.example, x@evil.example;",
            "<@evil.example:ceo@bank.example>",
            "<ceo@bank.example",
            "ceo@bank.example>",
            "<ceo@bank.example\0@evil.example>",
            "=?utf-8?q?ceo=40bank.example?=",
            "<=?utf-8?q?ceo=40bank.example?=>",
            "\"x@evil.example\" <ceo@bank.example>",
            "(x@evil.example) ceo@bank.example",
            "\"<x@evil.example>\" <ceo@bank.example>",
            "\"ceo\"@bank.example",
            "ceo(x@evil.example)@bank.example",
            "\"a\\\" <x@evil.example> \" <ceo@bank.example>",
            "<ceo@bank.example>(@evil.example)",
            "ceo@[192.0.2.1]",
            "ceo",
            "",
        };
        for (String trick : tricks) {
            DmarcOutcome outcome = evaluate(trick, "", "evil.example");
            assertThat(outcome.result())
                    .as(trick)
                    .isNotEqualTo(DmarcResult.PASS)
                    .isNotEqualTo(DmarcResult.NONE);
        }
        // An encoded or quoted name before an address of the signer is only a name.
        assertThat(evaluate("=?utf-8?q?ceo=40bank.example?= <x@evil.example>", "", "evil.example")
                        .author())
                .contains("evil.example");
        assertThat(evaluate("\"ceo@bank.example\" <x@evil.example>", "", "evil.example")
                        .author())
                .contains("evil.example");
    }

    @Test
    void authorDomain_ofOrdinaryFields_isFound() throws Exception {
        for (String from : new String[] {
            "a@example.org",
            "Ann Other <a@Example.ORG>",
            "\"Other, Ann\" <a@example.org>",
            "\"a b\"@example.org",
            "Ann (the (other)) <a@example.org>",
            "a@example.org (Ann)",
            "Group: a@example.org, b@example.org;",
            "Ann\r\n <a@example.org>",
            "Jürgen <a@example.org>",
            "\"\" <a@example.org>"
        }) {
            assertThat(AuthorDomain.of(header("From: " + from)))
                    .as(from)
                    .isEqualTo(new AuthorDomain.Found.One(new DnsName("example.org")));
        }
        assertThat(AuthorDomain.of(header("From: a@bücher.example")))
                .isEqualTo(new AuthorDomain.Found.One(new DnsName("xn--bcher-kva.example")));
    }

    @Test
    void authorDomain_ofRandomFields_alwaysEnds_andNeverThrows() throws Exception {
        long seed = System.nanoTime();
        System.err.println("DmarcEvaluatorTest seed " + seed);
        Random random = new Random(seed);
        String[] parts = {
            "a", "@", "example.org", "<", ">", "\"", "(", ")", ",", ";", ":", "\\", "[", "]", " ", "\r\n ", "é", "\0"
        };
        for (int i = 0; i < 50_000; i++) {
            StringBuilder from = new StringBuilder("From: ");
            for (int j = random.nextInt(16); j > 0; j--) {
                from.append(parts[random.nextInt(parts.length)]);
            }
            assertThat(AuthorDomain.of(header(from.toString()))).isNotNull();
        }
    }

    @Test
    void parse_ofRandomRecords_neverThrows() {
        long seed = System.nanoTime();
        System.err.println("DmarcEvaluatorTest seed " + seed);
        Random random = new Random(seed);
        String[] parts = {
            "v=DMARC1", ";", "p=", "reject", "none", "rua=mailto:", "a@b", "sp=", "np=", "psd=y", "t=y", "=", " ", "é"
        };
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(12); j > 0; j--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            assertThat(DmarcRecord.parse(text.toString())).isNotNull();
        }
    }
}
