// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.postern.core.filter.Assessment;
import org.postern.core.handoff.HandoffResult;

/// Collaborators that do not come back: the client is answered all the same, and nobody else notices.
final class DeadlineTest {
    private static final String MESSAGE = "Subject: x\r\n\r\ntext\r\n";

    private static void hang(CountDownLatch end) {
        if (!Thread.currentThread().isVirtual()) {
            throw new AssertionError("a collaborator was called on " + Thread.currentThread());
        }
        boolean ended = false;
        while (!ended) {
            try {
                end.await();
                ended = true;
            } catch (InterruptedException e) {
                System.out.println("interrupted, and going on regardless");
            }
        }
    }

    private static SmtpFrontConfig soon(SmtpFrontConfig config) {
        return Change.deadline(config, Duration.ofSeconds(2), Duration.ofMillis(500));
    }

    @Test
    void a_judge_that_never_returns_means_451_and_no_handoff_ever() throws IOException, InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        try (TestFront front = TestFront.mx(DeadlineTest::soon);
                Client client = Client.greeted(front.address(0))) {
            front.assessor = (mail, deadline) -> {
                hang(end);
                return Assessment.accepted();
            };
            client.say("EHLO client.example");
            assertThat(client.mail("from@there.example", "alice@here.example", MESSAGE))
                    .startsWith("451 4.3.0 ");
            assertThat(front.meters.get("postern.smtp.mails.overdue").gauge().value())
                    .isEqualTo(1);
            end.countDown();
            while (front.meters.get("postern.smtp.mails.overdue").gauge().value() > 0) {
                Thread.sleep(5);
            }
            assertThat(front.store.asked).isEmpty();
            assertThat(front.decisions.getFirst().detail()).contains("judging");
            assertThat(client.say("NOOP")).startsWith("250 ");
        }
    }

    @Test
    void a_store_that_never_returns_means_451() throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        try (TestFront front = TestFront.mx(DeadlineTest::soon);
                Client client = Client.greeted(front.address(0))) {
            front.store.answer = (handoff, deadline) -> {
                hang(end);
                return new HandoffResult.Accepted("too late", false);
            };
            client.say("EHLO client.example");
            assertThat(client.mail("from@there.example", "alice@here.example", MESSAGE))
                    .startsWith("451 4.3.0 ");
            assertThat(front.decisions.getFirst().detail()).contains("handing over");
            end.countDown();
        }
    }

    @Test
    void clients_are_served_while_more_mails_hang_than_there_are_event_loops() throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        List<Client> stuck = new ArrayList<>();
        try (TestFront front = TestFront.mx(config -> config)) {
            front.assessor = (mail, deadline) -> {
                hang(end);
                return Assessment.accepted();
            };
            for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors() + 8; i++) {
                Client client = Client.greeted(front.address(0));
                stuck.add(client);
                client.say("EHLO client.example");
                client.say("MAIL FROM:<from@there.example>");
                client.say("RCPT TO:<alice@here.example>");
                client.say("DATA");
                client.sendRaw(MESSAGE + ".\r\n");
            }
            for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors() + 8; i++) {
                try (Client client = Client.greeted(front.address(0))) {
                    assertThat(client.say("EHLO client.example")).startsWith("250");
                }
            }
            end.countDown();
            for (Client client : stuck) {
                assertThat(client.reply()).startsWith("250 ");
                client.close();
            }
        }
    }

    @Test
    void an_event_loop_is_never_where_collaborators_are_asked() throws IOException {
        try (TestFront front = TestFront.mx();
                Client client = Client.greeted(front.address(0))) {
            List<String> threads = new java.util.concurrent.CopyOnWriteArrayList<>();
            front.assessor = (mail, deadline) -> {
                threads.add(Thread.currentThread().toString());
                return Assessment.accepted();
            };
            front.store.answer = (handoff, deadline) -> {
                threads.add(Thread.currentThread().toString());
                return new HandoffResult.Accepted("s", false);
            };
            client.say("EHLO client.example");
            client.mail("from@there.example", "alice@here.example", MESSAGE);
            assertThat(threads).hasSize(2).allMatch(name -> name.startsWith("VirtualThread"));
        }
    }

    @Test
    void a_front_on_which_everything_hangs_says_so_before_it_takes_more() throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        try (TestFront front = TestFront.mx(DeadlineTest::soon);
                Client one = Client.greeted(front.address(0));
                Client two = Client.greeted(front.address(0));
                Client three = Client.greeted(front.address(0))) {
            front.assessor = (mail, deadline) -> {
                hang(end);
                return Assessment.accepted();
            };
            one.say("HELO client.example");
            assertThat(one.mail("from@there.example", "alice@here.example", MESSAGE))
                    .startsWith("451 4.3.0 ");
            // A few are always taken, so that it is noticed when it is over.
            for (Client client : List.of(one, two)) {
                client.say("HELO client.example");
                client.say("MAIL FROM:<>");
                client.say("RCPT TO:<alice@here.example>");
                assertThat(client.say("DATA")).startsWith("354 ");
            }
            three.say("HELO client.example");
            assertThat(three.say("MAIL FROM:<>")).startsWith("451 4.3.2 ");
            end.countDown();
        }
    }
}
