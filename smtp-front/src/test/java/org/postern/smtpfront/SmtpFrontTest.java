// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class SmtpFrontTest {
    private static final String MESSAGE = "Subject: hello\r\n\r\n..dot\r\nend\r\n";

    @Test
    void a_mail_for_a_known_recipient_is_handed_over_byte_for_byte_with_trace_fields_on_top() throws IOException {
        try (TestFront front = TestFront.mx();
                Client client = Client.greeted(front.address(0))) {
            assertThat(client.say("EHLO client.example")).contains("PIPELINING", "SIZE 52428800", "8BITMIME");
            assertThat(client.mail("from@there.example", "alice@here.example", MESSAGE))
                    .startsWith("250 2.0.0 ");
            assertThat(front.store.kept).hasSize(1);
            FakeStore.Kept kept = front.store.kept.getFirst();
            assertThat(kept.text()).endsWith("\r\nSubject: hello\r\n\r\n.dot\r\nend\r\n");
            assertThat(kept.text())
                    .startsWith("X-Postern-Result: accept score=0.0 id=")
                    .contains(
                            "Received: from client.example ([127.0.0.1])\r\n\tby mx.here.example (Postern) with ESMTP id ")
                    .contains("for <alice@here.example>;");
            assertThat(front.store.proven).isEmpty();
            assertThat(client.say("QUIT")).startsWith("221 2.0.0 ");
            assertThat(front.store.proven).containsExactly(kept.handoff().id());
            assertThat(front.decisions).hasSize(1);
            assertThat(front.decisions.getFirst().storeId()).contains("s1");
        }
    }

    @Test
    void what_the_client_asked_for_is_in_the_envelope() throws IOException {
        try (TestFront front = TestFront.mx();
                Client client = Client.greeted(front.address(0))) {
            client.say("EHLO client.example");
            client.say("MAIL FROM:<a@there.example> SMTPUTF8 BODY=8BITMIME RET=hdrs ENVID=Q+2BQ");
            client.say("RCPT TO:<bob@here.example> NOTIFY=success,DELAY ORCPT=rfc822;Bob+2Bx@here.example");
            client.say("DATA");
            assertThat(client.say("\r\n.")).startsWith("250 ");
            var envelope = front.store.kept.getFirst().handoff().envelope();
            assertThat(envelope.parameters().smtputf8()).isTrue();
            assertThat(envelope.parameters().returnContent()).contains("HDRS");
            assertThat(envelope.parameters().envelopeId()).contains("Q+Q");
            var recipient = envelope.recipients().getFirst();
            assertThat(recipient.dsnNotify()).containsExactlyInAnyOrder("SUCCESS", "DELAY");
            assertThat(recipient.originalRecipient()).contains("rfc822;Bob+x@here.example");
            assertThat(front.store.kept.getFirst().text()).contains(" with UTF8SMTP id ");
        }
    }
}
