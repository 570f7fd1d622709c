// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.directory.Delivery;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.MailAddress;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.relay.RelayConfig;
import org.postern.delivery.smtp.FakeHost;
import org.postern.delivery.smtp.SmtpTimeouts;
import org.postern.delivery.spool.SpoolConfig;
import org.postern.delivery.spool.SpoolConfigs;

@Timeout(120)
class ForwardTest {
    private static final String TEXT = "From: w@example.org\r\nTo: a@example.org\r\nSubject: hi\r\n\r\nx\r\n";

    @TempDir
    private Path folder;

    private final InMemoryDns dns = new InMemoryDns();

    private RunningStore store(int port) {
        return new RunningStore(
                folder,
                dns,
                config -> config.sending(
                        Optional.empty(),
                        RelayConfig.defaults().reaching(port, SmtpTimeouts.all(Duration.ofSeconds(20)))));
    }

    private static List<MailAddress> to(String... addresses) {
        return Arrays.stream(addresses).map(MailAddress::parse).toList();
    }

    @Test
    void mail_forAnAccountThatForwards_goesToAllOnce_andIntoItsMailboxWhereItWants() {
        try (FakeHost host = FakeHost.smtp("PIPELINING");
                RunningStore store = store(host.port())) {
            dns.address("remote.example", "127.0.0.1");
            store.directory()
                    .put(
                            "a@example.org",
                            new Delivery.MailboxAndForward(to("b@example.org", "x@remote.example", "b@example.org")),
                            Optional.empty());
            store.directory().put("f@example.org", new Delivery.Forward(to("c@example.org")), Optional.empty());
            store.give(Mails.envelope("w@example.com", "a@example.org", "f@example.org"), TEXT);
            store.drain();
            assertThat(Mails.in(store.mail(), "a")).hasSize(1);
            assertThat(Mails.in(store.mail(), "b")).hasSize(1);
            assertThat(Mails.in(store.mail(), "c")).hasSize(1);
            assertThat(Mails.in(store.mail(), "f")).isEmpty();
            assertThat(host.mails()).singleElement().satisfies(mail -> {
                assertThat(mail.from()).isEqualTo("w@example.com");
                assertThat(mail.text()).isEqualTo("Delivered-To: a@example.org\r\n" + TEXT);
            });
        }
    }

    @Test
    void forwards_thatLeadBack_endAfterOneRoundWithAReport() {
        try (RunningStore store = store(1)) {
            store.directory().put("a@example.org", new Delivery.Forward(to("b@example.org")), Optional.empty());
            store.directory().put("b@example.org", new Delivery.Forward(to("a@example.org")), Optional.empty());
            store.give(Mails.envelope("w@example.org", "a@example.org"), TEXT);
            assertThat(store.onlyMail("w")).contains("Status: 5.4.6").contains("is forwarded in circles");
        }
    }

    @Test
    void forwards_ofMailboxesThatLeadBack_keepACopyInEach() {
        try (RunningStore store = store(1)) {
            store.directory()
                    .put("a@example.org", new Delivery.MailboxAndForward(to("b@example.org")), Optional.empty());
            store.directory()
                    .put("b@example.org", new Delivery.MailboxAndForward(to("a@example.org")), Optional.empty());
            store.give(Mails.envelope("w@example.org", "a@example.org"), TEXT);
            store.drain();
            assertThat(Mails.in(store.mail(), "a")).hasSize(1);
            assertThat(Mails.in(store.mail(), "b")).hasSize(1);
            assertThat(Mails.in(store.mail(), "w")).isEmpty();
        }
    }

    @Test
    void mailboxesThatAllForwardToEachOther_getOneCopyEach() {
        List<String> names = List.of("a", "b", "c", "d", "e", "f", "g");
        try (RunningStore store = store(1)) {
            for (String name : names) {
                MailAddress[] others = names.stream()
                        .filter(other -> !other.equals(name))
                        .map(other -> MailAddress.parse(other + "@example.org"))
                        .toArray(MailAddress[]::new);
                store.directory()
                        .put(name + "@example.org", new Delivery.MailboxAndForward(List.of(others)), Optional.empty());
            }
            store.give(Mails.envelope("w@example.org", "a@example.org"), TEXT);
            store.drain();
            assertThat(names)
                    .allSatisfy(name -> assertThat(Mails.in(store.mail(), name)).hasSize(1));
            assertThat(Mails.in(store.mail(), "w")).isEmpty();
        }
    }

    @Test
    void recipientsOfOneMail_thatForwardToEachOther_loseNothing() {
        try (RunningStore store = store(1)) {
            store.directory().put("a@example.org", new Delivery.Forward(to("b@example.org")), Optional.empty());
            store.directory()
                    .put("b@example.org", new Delivery.MailboxAndForward(to("a@example.org")), Optional.empty());
            store.directory().put("c@example.org", new Delivery.Forward(to("d@example.org")), Optional.empty());
            store.directory().put("d@example.org", new Delivery.Forward(to("c@example.org")), Optional.empty());
            store.give(Mails.envelope("w@example.org", "a@example.org", "b@example.org"), TEXT);
            store.drain();
            assertThat(Mails.in(store.mail(), "b")).isNotEmpty();
            assertThat(Mails.in(store.mail(), "w")).isEmpty();
            store.give(Mails.envelope("w@example.org", "c@example.org", "d@example.org"), TEXT);
            store.drain();
            assertThat(Mails.in(store.mail(), "w")).hasSizeBetween(1, 2);
        }
    }

    @Test
    void reply_isSentOnceToEachWriter_andNeverToRobotsListsOrReports() {
        try (RunningStore store = store(1)) {
            store.directory().put("a@example.org", new Delivery.Mailbox(), Optional.of("Back on Monday.\n\u2014 A"));
            store.give(Mails.envelope("w@example.org", "a@example.org"), TEXT);
            store.drain();
            store.give(Mails.envelope("w@example.org", "a@example.org"), TEXT + "again\r\n");
            store.give(Mails.envelope("", "a@example.org"), TEXT);
            store.give(Mails.envelope("v@example.org", "a@example.org"), "Auto-Submitted: auto-generated\r\n" + TEXT);
            store.give(Mails.envelope("v@example.org", "a@example.org"), "List-Id: <l.example>\r\n" + TEXT);
            store.give(Mails.envelope("v@example.org", "a@example.org"), "Precedence: bulk\r\n" + TEXT);
            store.give(Mails.envelope("owner-l@example.org", "a@example.org"), TEXT);
            store.give(Mails.envelope("v@example.org", "a@example.org"), "X-Postern-Result: tag score=6\r\n" + TEXT);
            store.give(Mails.envelope("v@example.org", "a@example.org"), "To: everybody@example.org\r\n\r\nx\r\n");
            store.drain();
            assertThat(Mails.in(store.mail(), "a")).hasSize(9);
            assertThat(store.onlyMail("w"))
                    .startsWith("Return-Path: <>\r\n")
                    .contains("Subject: Auto: hi\r\n")
                    .contains("Auto-Submitted: auto-replied\r\n")
                    .contains("Back on Monday.\r\n\u2014 A\r\n");
            assertThat(Mails.in(store.mail(), "v")).isEmpty();
            assertThat(Mails.in(store.mail(), "owner-l")).isEmpty();
        }
    }

    @Test
    void writerWhoWasAnswered_isNotAnsweredAgainAfterARestart() {
        try (RunningStore store = store(1)) {
            store.directory().put("a@example.org", new Delivery.Mailbox(), Optional.of("Back on Monday."));
            store.give(Mails.envelope("w@example.org", "a@example.org"), TEXT);
            store.drain();
            store.restart();
            store.give(Mails.envelope("W@example.org", "a@example.org"), TEXT + "again\r\n");
            store.give(Mails.envelope("v@example.org", "a@example.org"), TEXT);
            store.drain();
            assertThat(Mails.in(store.mail(), "a")).hasSize(3);
            assertThat(Mails.in(store.mail(), "w")).hasSize(1);
            assertThat(Mails.in(store.mail(), "v")).hasSize(1);
        }
    }

    @Test
    void reply_thatCanNeverBeKept_isNotSent_andTheMailIsDeliveredOnce() {
        SpoolConfig small = SpoolConfigs.in(folder.resolve("spool"))
                .messageMax(ByteSize.ofKiB(1))
                .get();
        try (RunningStore store = new RunningStore(folder, dns, config -> config.keeping(small))) {
            store.directory().put("a@example.org", new Delivery.Mailbox(), Optional.of("far too long. ".repeat(200)));
            store.give(Mails.envelope("w@example.org", "a@example.org"), TEXT);
            store.drain();
            assertThat(Mails.in(store.mail(), "a")).hasSize(1);
            assertThat(Mails.in(store.mail(), "w")).isEmpty();
            assertThat(store.count("postern.replies", "outcome", "not-sent")).isEqualTo(1);
            // Nobody was told, so a shorter text is sent.
            store.directory().put("a@example.org", new Delivery.Mailbox(), Optional.of("short"));
            store.give(Mails.envelope("w@example.org", "a@example.org"), TEXT + "again\r\n");
            store.drain();
            assertThat(store.onlyMail("w")).contains("short");
        }
    }

    @Test
    void account_thatOnlyAnswers_keepsNothing() {
        try (RunningStore store = store(1)) {
            store.directory().put("a@example.org", new Delivery.ReplyOnly(), Optional.of("nobody reads this"));
            store.give(Mails.envelope("w@example.org", "a@example.org"), TEXT);
            assertThat(store.onlyMail("w")).contains("nobody reads this");
            assertThat(Mails.in(store.mail(), "a")).isEmpty();
        }
    }
}
