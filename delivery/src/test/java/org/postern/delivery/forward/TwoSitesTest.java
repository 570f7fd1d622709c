// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.directory.Delivery;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.mail.MailAddress;
import org.postern.delivery.FakeDirectory;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.relay.RelayConfig;
import org.postern.delivery.smtp.FakeHost;
import org.postern.delivery.smtp.SmtpTimeouts;

/// Two sites, example.org and example.net, that send each other mail: what could go round for ever comes to an end.
@Timeout(60)
class TwoSitesTest {
    private static final int ROUNDS_MAX = 20;

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private Site org;

    @SuppressWarnings("NullAway.Init") // before each test
    private Site net;

    /// A store, and the host that stands for the other site's fronts.
    private record Site(RunningStore store, FakeHost outbox) implements AutoCloseable {
        static Site of(String domain, Path folder) {
            FakeHost outbox = FakeHost.smtp("PIPELINING", "8BITMIME");
            InMemoryDns dns =
                    new InMemoryDns().address("example.org", "127.0.0.1").address("example.net", "127.0.0.1");
            RunningStore store = new RunningStore(
                    folder.resolve(domain),
                    new FakeDirectory(domain),
                    dns,
                    config -> config.sending(
                            Optional.empty(),
                            RelayConfig.defaults().reaching(outbox.port(), SmtpTimeouts.all(Duration.ofSeconds(20)))),
                    InstantSource.system());
            return new Site(store, outbox);
        }

        @Override
        public void close() {
            store.close();
            outbox.close();
        }
    }

    @BeforeEach
    void start() {
        org = Site.of("example.org", folder);
        net = Site.of("example.net", folder);
    }

    @AfterEach
    void stop() {
        org.close();
        net.close();
    }

    /// Carries mail between the sites until none is left.
    ///
    /// @return how many mails crossed
    private int exchange() {
        int fromOrg = 0;
        int fromNet = 0;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            org.store().drain();
            int had = fromOrg + fromNet;
            fromOrg = carry(org, fromOrg, net);
            net.store().drain();
            fromNet = carry(net, fromNet, org);
            if (had == fromOrg + fromNet) {
                return had;
            }
        }
        throw new AssertionError("it goes on: " + fromOrg + " and " + fromNet);
    }

    private static int carry(Site from, int had, Site to) {
        List<FakeHost.Mail> all = from.outbox().mails();
        for (FakeHost.Mail mail : all.subList(had, all.size())) {
            to.store()
                    .give(
                            Mails.envelope(mail.from(), mail.recipients().toArray(String[]::new)),
                            "Received: by a.front\r\n" + mail.text());
        }
        return all.size();
    }

    private static List<MailAddress> to(String address) {
        return List.of(MailAddress.parse(address));
    }

    @Test
    void forwardsThatLeadFromSiteToSiteAndBack_endWithOneReport() {
        org.store().directory().put("a@example.org", new Delivery.Forward(to("b@example.net")), Optional.empty());
        net.store().directory().put("b@example.net", new Delivery.Forward(to("a@example.org")), Optional.empty());
        org.store().give(Mails.envelope("w@example.org", "a@example.org"), "Subject: x\r\n\r\nx\r\n");
        assertThat(exchange()).isEqualTo(2);
        assertThat(org.store().onlyMail("w")).contains("Status: 5.4.6");
    }

    @Test
    void forwardsThatRenameTheRecipientEachTime_endWithOneReport() {
        // No address comes twice, so only the number of hosts can tell.
        for (int i = 0; i < 100; i++) {
            org.store()
                    .directory()
                    .put(
                            "a" + i + "@example.org",
                            new Delivery.Forward(to("b" + i + "@example.net")),
                            Optional.empty());
            net.store()
                    .directory()
                    .put(
                            "b" + i + "@example.net",
                            new Delivery.Forward(to("a" + (i + 1) + "@example.org")),
                            Optional.empty());
        }
        String travelled =
                "Received: by another\r\n".repeat(RelayConfig.defaults().hopsMax() - 6);
        org.store().give(Mails.envelope("w@example.org", "a0@example.org"), travelled + "Subject: x\r\n\r\nx\r\n");
        assertThat(exchange()).isBetween(5, 12);
        assertThat(org.store().onlyMail("w")).contains("Status: 5.4.6").contains("it goes in circles");
    }

    @Test
    void automaticRepliesOfBothSites_doNotAnswerEachOther() {
        org.store().directory().put("a@example.org", new Delivery.Mailbox(), Optional.of("I am away."));
        net.store().directory().put("b@example.net", new Delivery.Mailbox(), Optional.of("So am I."));
        org.store().give(Mails.envelope("b@example.net", "a@example.org"), "To: a@example.org\r\n\r\nx\r\n");
        assertThat(exchange()).isEqualTo(1);
        assertThat(Mails.files(folder.resolve("example.net/mail/example.net/b/new")))
                .hasSize(1);
    }

    @Test
    void responderThatHidesWhatItIs_isAnsweredOnceAWeek() {
        org.store().directory().put("a@example.org", new Delivery.Mailbox(), Optional.of("I am away."));
        int answered = 0;
        for (int i = 0; i < 10; i++) {
            org.store()
                    .give(Mails.envelope("b@example.net", "a@example.org"), "To: a@example.org\r\n\r\n" + i + "\r\n");
            org.store().drain();
            answered = org.outbox().mails().size();
        }
        assertThat(answered).isEqualTo(1);
    }
}
