// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.Assessor;
import org.postern.core.filter.Verdict;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailTransaction;

/// Mail for recipients that are judged differently.
final class PrdrTest {
    private static final String MESSAGE = "Subject: x\r\n\r\nx\r\n.\r\n";

    /// Bob's mail is refused, the postmaster's kept apart, everybody else's accepted.
    private static final class ByRecipient implements Assessor {
        final AtomicInteger scans = new AtomicInteger();

        @Override
        public Assessment assess(MailTransaction mail, Deadline deadline) {
            scans.incrementAndGet();
            return Assessment.accepted();
        }

        @Override
        public String policyClass(ForwardPath recipient) {
            return switch (recipient.address().localPart()) {
                case "bob", "postmaster" -> recipient.address().localPart();
                default -> "";
            };
        }

        @Override
        public Assessment judge(String policyClass, Assessment found) {
            return switch (policyClass) {
                case "bob" -> with(new Verdict.Reject("strict"));
                case "postmaster" -> with(new Verdict.Quarantine("careful"));
                default -> found;
            };
        }

        private static Assessment with(Verdict verdict) {
            return new Assessment(List.of(), new TreeMap<>(Map.of()), 0, verdict);
        }
    }

    private final ByRecipient assessor = new ByRecipient();

    private TestFront front() throws IOException {
        TestFront front = TestFront.mx();
        front.assessor = assessor;
        return front;
    }

    private static Client begin(TestFront front, String parameters) throws IOException {
        Client client = Client.greeted(front.address(0));
        assertThat(client.say("EHLO client.example")).contains("|250-PRDR|");
        assertThat(client.say("MAIL FROM:<a@there.example>" + parameters)).startsWith("250 ");
        return client;
    }

    @Test
    void each_recipient_is_answered_and_the_mail_is_scanned_once() throws Exception {
        try (TestFront front = front();
                Client client = begin(front, " PRDR")) {
            for (String name : List.of("alice", "bob", "postmaster", "alice")) {
                assertThat(client.say("RCPT TO:<" + name + "@here.example>")).startsWith("250 ");
            }
            client.say("DATA");
            client.sendRaw(MESSAGE);
            assertThat(client.reply()).startsWith("353 ");
            assertThat(client.reply()).startsWith("250 2.0.0 ");
            assertThat(client.reply()).startsWith("550 5.7.1 ");
            assertThat(client.reply()).startsWith("250 2.0.0 ");
            assertThat(client.reply()).startsWith("250 2.0.0 ");
            assertThat(client.reply()).startsWith("250 2.0.0 ");
            assertThat(client.say("NOOP")).isEqualTo("250 2.0.0 Ok");
            assertThat(assessor.scans).hasValue(1);
            assertThat(front.store.kept).hasSize(2);
            assertThat(front.store.kept.get(0).handoff().envelope().recipients())
                    .hasSize(2);
            assertThat(front.store.kept.get(0).handoff().disposition()).isEqualTo(Disposition.DELIVER);
            assertThat(front.store.kept.get(1).handoff().disposition()).isEqualTo(Disposition.QUARANTINE);
            assertThat(front.store.kept.get(1).text()).contains("X-Postern-Result: quarantine");
            assertThat(front.store.asked).doesNotHaveDuplicates();
            assertThat(front.store.proven).containsExactlyInAnyOrderElementsOf(front.store.asked);
            assertThat(front.decisions).hasSize(3);
        }
    }

    @Test
    void without_prdr_a_recipient_of_another_class_is_put_off() throws Exception {
        try (TestFront front = front();
                Client client = begin(front, "")) {
            assertThat(client.say("RCPT TO:<alice@here.example>")).startsWith("250 ");
            assertThat(client.say("RCPT TO:<bob@here.example>")).startsWith("452 4.5.3 ");
            assertThat(client.say("RCPT TO:<alice@here.example>")).startsWith("250 ");
            client.say("DATA");
            client.sendRaw(MESSAGE);
            assertThat(client.reply()).startsWith("250 2.0.0 ");
            assertThat(front.store.kept.getFirst().handoff().envelope().recipients())
                    .hasSize(2);
        }
    }

    @Test
    void recipients_of_one_class_get_one_reply_also_with_prdr() throws Exception {
        try (TestFront front = front();
                Client client = begin(front, " PRDR")) {
            client.say("RCPT TO:<bob@here.example>");
            client.say("RCPT TO:<bob@here.example>");
            client.say("DATA");
            client.sendRaw(MESSAGE);
            assertThat(client.reply()).startsWith("550 5.7.1 ");
            assertThat(client.say("NOOP")).isEqualTo("250 2.0.0 Ok");
        }
    }

    @Test
    void a_mail_nobody_gets_is_refused_as_mildly_as_its_mildest_part() throws Exception {
        try (TestFront front = front();
                Client client = begin(front, " PRDR")) {
            front.store.answer = (handoff, deadline) -> new HandoffResult.Refused(false, "full");
            client.say("RCPT TO:<bob@here.example>");
            client.say("RCPT TO:<alice@here.example>");
            client.sendRaw("BDAT 2 LAST\r\n\r\n");
            assertThat(client.reply()).startsWith("353 ");
            assertThat(client.reply()).startsWith("550 5.7.1 ");
            assertThat(client.reply()).startsWith("451 4.3.0 ");
            assertThat(client.reply()).startsWith("451 4.3.0 ");
            assertThat(client.say("MAIL FROM:<> PRDR=1")).startsWith("501 5.5.4 ");
        }
    }

    /// The policy is replaced while the message comes in.
    @Test
    void recipients_that_came_to_be_of_several_classes_are_all_put_off() throws Exception {
        try (TestFront front = TestFront.mx();
                Client client = begin(front, "")) {
            client.say("RCPT TO:<alice@here.example>");
            client.say("RCPT TO:<bob@here.example>");
            client.say("DATA");
            front.assessor = assessor;
            client.sendRaw(MESSAGE);
            assertThat(client.reply()).startsWith("451 4.3.0 ");
            assertThat(front.store.kept).isEmpty();
        }
    }

    @Test
    void what_breaks_one_part_says_nothing_of_another() throws Exception {
        try (TestFront front = front();
                Client client = begin(front, " PRDR")) {
            front.store.answer = (handoff, deadline) -> {
                if (handoff.disposition() == Disposition.QUARANTINE) {
                    throw new IllegalStateException("a defect");
                }
                return new HandoffResult.Accepted("s1", false);
            };
            client.say("RCPT TO:<alice@here.example>");
            client.say("RCPT TO:<postmaster@here.example>");
            client.say("DATA");
            client.sendRaw(MESSAGE);
            assertThat(client.reply()).startsWith("353 ");
            assertThat(client.reply()).startsWith("250 2.0.0 ");
            assertThat(client.reply()).startsWith("451 4.3.0 ");
            assertThat(client.reply()).startsWith("250 2.0.0 ");
        }
    }
}
