// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.directory.Delivery;
import org.postern.core.dns.InMemoryDns;
import org.postern.core.mail.MailAddress;
import org.postern.delivery.LogLines;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.lmtp.LmtpAddress;
import org.postern.delivery.lmtp.LmtpConfig;
import org.postern.delivery.relay.RelayConfig;
import org.postern.delivery.smtp.FakeHost;
import org.postern.delivery.smtp.SmtpTimeouts;
import org.postern.delivery.spool.DerivedMails;

/// What the log says of a mail that is looked for.
@Timeout(60)
class DeliveryLogTest {
    private static final String TEXT = "Subject: x\r\n\r\nx\r\n";
    private static final String MAIL = "mx1\\.[0-9a-z]{26} to ";

    @TempDir
    private Path folder;

    private final InMemoryDns dns = new InMemoryDns().address("remote.example", "127.0.0.1");

    private RunningStore sendingTo(FakeHost host) {
        RelayConfig relay = RelayConfig.defaults().reaching(host.port(), SmtpTimeouts.all(Duration.ofSeconds(20)));
        return new RunningStore(folder, dns, config -> config.sending(Optional.empty(), relay));
    }

    @Test
    void mailForAMailboxAndForAnotherHost_isSaidWithTheWayTheReplyAndTheDelay() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = sendingTo(host);
                LogLines log = LogLines.of(DeliveryLog.class)) {
            host.answer(".", "250 2.0.0 queued as 4711");
            store.give(Mails.envelope("alice@example.org", "carol@example.org", "bob@remote.example"), TEXT);
            store.drain();
            assertThat(log.lines())
                    .hasSize(2)
                    .anySatisfy(line -> assertThat(line)
                            .matches("INFO " + MAIL
                                    + "carol@example\\.org delivered after \\d+\\.\\d{3} s: in Maildir .*/carol"))
                    .anySatisfy(line -> assertThat(line)
                            .matches("INFO " + MAIL + "bob@remote\\.example delivered after \\d+\\.\\d{3} s: "
                                    + "remote\\.example\\[127\\.0\\.0\\.1]:\\d+ said: 250 2\\.0\\.0 queued as 4711"));
        }
    }

    @Test
    void replyWithControlCharacters_isOneLineAndCannotLookLikeAnother() {
        try (FakeHost host = FakeHost.smtp();
                RunningStore store = sendingTo(host);
                LogLines log = LogLines.of(DeliveryLog.class)) {
            host.answer(".", "554 5.0.0 no\u0085\u2028INFO mx1.x to y delivered\u202e \u001b[2J");
            store.give(Mails.envelope("alice@example.org", "bob@remote.example"), TEXT);
            store.drain();
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("bob@remote"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("WARN ")
                            .contains(
                                    "said: 554 5.0.0 no? INFO mx1.x to y delivered? ?[2J; told alice@example.org in "));
        }
    }

    @Test
    void mailThatIsDeferred_isSaidAtEachAttempt() {
        try (FakeHost host = FakeHost.lmtp();
                RunningStore store = new RunningStore(
                        folder,
                        dns,
                        config -> config.sending(
                                Optional.of(LmtpConfig.to(LmtpAddress.parse("127.0.0.1:" + host.port()))),
                                RelayConfig.defaults()));
                LogLines log = LogLines.of(DeliveryLog.class)) {
            host.answer(". carol@example.org", "452 4.2.2 full");
            store.give(Mails.envelope("a@example.com", "carol@example.org"), TEXT);
            Mails.eventually(() -> log.lines().size() >= 2);
            host.behave();
            store.drain();
            assertThat(log.lines().getFirst())
                    .matches("INFO " + MAIL + "carol@example\\.org deferred after \\d+\\.\\d{3} s: "
                            + "LMTP server 127\\.0\\.0\\.1:\\d+ said: 452 4\\.2\\.2 full");
            assertThat(log.lines().getLast()).contains(" delivered after ");
        }
    }

    @Test
    void mailThatIsForwarded_leadsToTheIdOfTheForward() {
        try (RunningStore store = new RunningStore(folder);
                LogLines made = LogLines.of(DerivedMails.class);
                LogLines log = LogLines.of(DeliveryLog.class)) {
            store.directory()
                    .put(
                            "team@example.org",
                            new Delivery.Forward(List.of(MailAddress.parse("carol@example.org"))),
                            Optional.empty());
            store.give(Mails.envelope("a@example.com", "team@example.org"), TEXT);
            store.drain();
            assertThat(made.lines()).singleElement().satisfies(line -> {
                assertThat(line).matches("INFO mx1\\.[0-9a-z]{26} is forwarded as store1\\.[0-9a-z]{26}, for 1");
                String id = line.replaceAll(".* as (.*),.*", "$1");
                assertThat(log.lines()).anyMatch(each -> each.contains(id + " to carol@example.org delivered"));
            });
        }
    }
}
