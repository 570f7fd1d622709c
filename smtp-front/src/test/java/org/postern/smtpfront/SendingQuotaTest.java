// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.postern.core.filter.Assessment;
import org.postern.core.mail.Domain;
import org.postern.core.sending.AccountQuotas;
import org.postern.core.sending.HabitConfig;
import org.postern.core.sending.SendingConfig;
import org.postern.core.telemetry.DecisionRecord;
import org.postern.smtpfront.auth.ScramDecoy;

class SendingQuotaTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<DecisionRecord> decisions = new CopyOnWriteArrayList<>();

    private SmtpFront front(Authentication authentication, TlsMode tls, AccountQuotas quotas) throws Exception {
        return SmtpFront.start(
                new FrontIdentity("n1", "test", new Domain("mx.here.example"), Files.createTempDirectory("front")),
                SmtpFrontConfig.of(List.of(ListenerConfig.of("127.0.0.1", 0, tls)), authentication),
                new Collaborators(
                        new FakeDirectory(),
                        (mail, deadline) -> Assessment.accepted(),
                        new FakeStore(),
                        decisions::add,
                        meters,
                        Optional.empty(),
                        quotas,
                        new ScramDecoy()));
    }

    private AccountQuotas quotas(int messages, int recipients) {
        return new AccountQuotas(
                new SendingConfig(messages, 0, recipients, 0, Optional.empty(), HabitConfig.DEFAULT), meters);
    }

    private static Client loggedIn(SmtpFront front) throws Exception {
        Client client = Client.greeted(front.addresses().getFirst());
        client.say("EHLO client.example");
        client.say("STARTTLS");
        client.startTls();
        client.say("EHLO client.example");
        assertThat(client.logIn("alice@here.example", FakeDirectory.PASSWORD)).startsWith("235 ");
        return client;
    }

    @Test
    void account_aboveItsMessages_isToldToWait_andWhy_isInTheRecord() throws Exception {
        try (AccountQuotas quotas = quotas(2, 0);
                SmtpFront front = front(Authentication.REQUIRED, TlsMode.STARTTLS_REQUIRED, quotas);
                Client client = loggedIn(front)) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.mail("alice@here.example", "bob@here.example", "Subject: hi\r\n\r\nhello\r\n"))
                        .startsWith("250 ");
            }
            assertThat(client.say("MAIL FROM:<bob@here.example>")).startsWith("553 ");
            assertThat(client.say("MAIL FROM:<alice@here.example>"))
                    .isEqualTo("450 4.7.1 Your account has sent as much as it may for now, try again in 30 minutes");
            assertThat(decisions)
                    .last()
                    .satisfies(each ->
                            assertThat(each.detail()).contains("quota of alice@here.example: 2 messages an hour"));
        }
    }

    @Test
    void account_aboveItsRecipients_sendsToTheFirstOnes() throws Exception {
        try (AccountQuotas quotas = quotas(0, 2);
                SmtpFront front = front(Authentication.REQUIRED, TlsMode.STARTTLS_REQUIRED, quotas);
                Client client = loggedIn(front)) {
            assertThat(client.say("MAIL FROM:<alice@here.example>")).startsWith("250 ");
            assertThat(client.say("RCPT TO:<bob@here.example>")).startsWith("250 ");
            assertThat(client.say("RCPT TO:<nobody@here.example>")).startsWith("550 ");
            assertThat(client.say("RCPT TO:<alice@here.example>")).startsWith("250 ");
            assertThat(client.say("RCPT TO:<postmaster@here.example>")).startsWith("450 4.7.1 ");
            assertThat(client.say("DATA")).startsWith("354 ");
            assertThat(client.say("Subject: hi\r\n\r\nhello\r\n.")).startsWith("250 ");
        }
    }

    @Test
    void stranger_onAnMx_hasNoQuota() throws Exception {
        try (AccountQuotas quotas = quotas(1, 1);
                SmtpFront front = front(Authentication.NONE, TlsMode.NONE, quotas);
                Client client = Client.greeted(front.addresses().getFirst())) {
            client.say("EHLO client.example");
            for (int i = 0; i < 3; i++) {
                assertThat(client.mail("x@elsewhere.example", "bob@here.example", "Subject: hi\r\n\r\nhello\r\n"))
                        .startsWith("250 ");
            }
        }
    }
}
