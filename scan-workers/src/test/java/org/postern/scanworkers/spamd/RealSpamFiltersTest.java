// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.spamd;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.config.ConfigFile;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.TestPatterns;
import org.postern.scanworkers.rspamd.RspamdConfig;
import org.postern.scanworkers.rspamd.RspamdFilterFactory;
import org.postern.testkit.Daemon;
import org.postern.testkit.Rspamd;
import org.postern.testkit.Spamd;

/// The spam filters and their real daemons.
@Timeout(300)
class RealSpamFiltersTest {
    private static final Surroundings SURROUNDINGS =
            new Surroundings(Path.of("."), Path.of("."), new SimpleMeterRegistry());

    private static MailTransaction ham() {
        return Mails.of(
                "From: Alice <sender@example.org>",
                "To: user@example.net",
                "Subject: minutes of the meeting",
                "Date: Fri, 20 Nov 2026 10:00:00 +0000",
                "Message-ID: <1@example.org>",
                "",
                "Good morning, here are the minutes of yesterday.");
    }

    private static MailTransaction spam() {
        return Mails.of("From: sender@example.org", "Subject: x", "", TestPatterns.gtube());
    }

    private static FilterResult scan(Filter filter, MailTransaction mail) throws InterruptedException {
        return filter.scan(mail, Deadline.in(Duration.ofSeconds(60)));
    }

    private static double answers(String engine, String answer) {
        return SURROUNDINGS
                .meters()
                .find("postern.backend.answers")
                .tags("engine", engine, "answer", answer)
                .counters()
                .stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static void check(Filter filter, String symbol, double atLeast, Daemon daemon) throws Exception {
        FilterResult found = scan(filter, spam());
        assertThat(found).isInstanceOfSatisfying(FilterResult.Findings.class, findings -> {
            assertThat(findings.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.symbol()).isEqualTo(symbol);
                assertThat(finding.score()).isGreaterThanOrEqualTo(atLeast);
                assertThat(finding.evidence()).contains("GTUBE");
            });
        });
        FilterResult good = scan(filter, ham());
        assertThat(good)
                .isInstanceOfSatisfying(
                        FilterResult.Findings.class,
                        findings -> assertThat(findings.findings())
                                .allSatisfy(
                                        finding -> assertThat(finding.score()).isLessThan(10)));

        daemon.kill();
        assertThat(scan(filter, spam())).isInstanceOf(NoVerdict.class);
        daemon.restart();
        while (scan(filter, spam()) instanceof NoVerdict) {
            Thread.sleep(100);
        }
        assertThat(scan(filter, spam())).isInstanceOf(FilterResult.Findings.class);
    }

    @Test
    void spamd_findsGtubeLetsHamPassAndComesBackAfterACrash() throws Exception {
        try (Spamd spamd = Spamd.start();
                Filter filter = new SpamdFilterFactory()
                        .create(SpamdConfig.of("127.0.0.1:" + spamd.address().getPort()), SURROUNDINGS)) {
            check(filter, "SPAMD_SCORE", 50, spamd.daemon());
            assertThat(answers("spamd", "spam")).isGreaterThanOrEqualTo(3);
            assertThat(answers("spamd", "ham")).isEqualTo(1);
        }
    }

    @Test
    void clientWithAConfirmedName_isToldToBothEngines() throws Exception {
        InMemoryDns dns = new InMemoryDns()
                .add(
                        "5.160.233.64.in-addr.arpa",
                        DnsQuestion.Type.PTR,
                        new DnsRecord.Ptr(new DnsName("mail.example.net")))
                .address("mail.example.net", "64.233.160.5");
        Surroundings named = new Surroundings(Path.of("."), Path.of("."), new SimpleMeterRegistry(), dns);
        MailTransaction ham = ham();
        MailTransaction mail = new MailTransaction(
                ham.id(),
                ham.farm(),
                new ClientInfo(
                        InetAddress.getByName("64.233.160.5"),
                        "mail.example.net",
                        true,
                        Optional.empty(),
                        Optional.empty()),
                ham.envelope(),
                ham.content(),
                ham.header(),
                ham.received());
        try (Spamd spamd = Spamd.start();
                Rspamd rspamd = Rspamd.start()) {
            Surroundings nameless =
                    new Surroundings(Path.of("."), Path.of("."), new SimpleMeterRegistry(), new InMemoryDns());
            for (Surroundings surroundings : List.of(nameless, named)) {
                boolean known = surroundings.equals(named);
                try (Filter spam = new SpamdFilterFactory()
                                .create(
                                        SpamdConfig.of(
                                                "127.0.0.1:" + spamd.address().getPort()),
                                        surroundings);
                        Filter rspam = new RspamdFilterFactory()
                                .create(
                                        RspamdConfig.of(
                                                "127.0.0.1:" + rspamd.address().getPort()),
                                        surroundings)) {
                    assertThat(scan(spam, mail).toString().contains("RDNS_NONE"))
                            .as("SpamAssassin, name known: %s", known)
                            .isNotEqualTo(known);
                    assertThat(scan(rspam, mail).toString().contains("HFILTER_HOSTNAME_UNKNOWN"))
                            .as("rspamd, name known: %s", known)
                            .isNotEqualTo(known);
                }
            }
        }
    }

    /// A rule that waits for a server which never answers. rspamd gives what the other rules had found when its own
    /// time is over, as an ordinary result.
    @Test
    void rspamd_whoseTimeIsOver_hasNoVerdict() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Rspamd rspamd = Rspamd.start(
                        Map.of("override.d/worker-normal.inc", "task_timeout = 2s;\n", "rspamd.local.lua", """
                                rspamd_config.SLOW = { score = 1.0, callback = function(task)
                                  if (task:get_subject() or ''):find('slow') then
                                    require('rspamd_tcp').request({ task = task, host = '127.0.0.1', port = @PORT@,
                                      timeout = 60, data = { 'x' }, callback = function() end })
                                  end
                                  return false
                                end }
                                """.replace(
                                        "@PORT@", Integer.toString(silent.getLocalPort()))));
                Filter filter = new RspamdFilterFactory()
                        .create(
                                ConfigFile.parse(
                                        "postern.yaml",
                                        Path.of("."),
                                        "{ backends: [\"127.0.0.1:"
                                                + rspamd.address().getPort() + "\"], task-timeout: 2s }",
                                        List.of(),
                                        RspamdConfig.class),
                                SURROUNDINGS)) {
            while (!(scan(filter, ham()) instanceof FilterResult.Findings)) {
                Thread.sleep(100);
            }
            assertThat(scan(filter, Mails.of("From: sender@example.org", "Subject: slow", "", "Good morning.")))
                    .isInstanceOfSatisfying(NoVerdict.class, silence -> {
                        assertThat(silence.reason()).isEqualTo(NoVerdictReason.TIMED_OUT);
                        assertThat(silence.detail()).contains("partial result");
                    });
            assertThat(answers("rspamd", "partial")).isPositive();
            assertThat(SURROUNDINGS
                            .meters()
                            .get("postern.rspamd.scan")
                            .tag("backend", "127.0.0.1:" + rspamd.address().getPort())
                            .timer()
                            .totalTime(TimeUnit.MILLISECONDS))
                    .isGreaterThanOrEqualTo(2_000);
        }
    }

    @Test
    void rspamd_overTcpAndUnixSocket_findsGtubeLetsHamPassAndComesBackAfterACrash() throws Exception {
        try (Rspamd rspamd = Rspamd.start()) {
            for (String address : List.of("127.0.0.1:" + rspamd.address().getPort(), "unix:" + rspamd.socketPath())) {
                try (Filter filter = new RspamdFilterFactory().create(RspamdConfig.of(address), SURROUNDINGS)) {
                    check(filter, "RSPAMD_SCORE", 12, rspamd.daemon());
                    assertThat(answers("rspamd", "reject")).isGreaterThanOrEqualTo(3);
                }
            }
        }
    }
}
