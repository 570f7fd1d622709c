// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.CidrBlock;
import org.postern.smtpfront.admission.AdmissionConfig;

/// Limits count the client a trusted peer speaks for, not the peer.
final class XclientTest {
    @TempDir
    private Path folder;

    /// Loopback is trusted, and one address has two sessions.
    private static SmtpFrontConfig relayed(SmtpFrontConfig config, AdmissionConfig admission) {
        return Change.admission(
                Change.listen(
                        Change.with(config, "limits", Change.with(config.limits(), "connectionsPerAddress", 2)),
                        new ListenerConfig(
                                0, "127.0.0.1", TlsMode.NONE, List.of(), List.of(CidrBlock.parse("127.0.0.0/8")))),
                admission);
    }

    private static Client relay(TestFront front) throws IOException {
        Client client = Client.greeted(front.address(0));
        assertThat(client.say("EHLO relay.example")).contains("XCLIENT");
        return client;
    }

    @Test
    void sessions_are_counted_for_the_client_and_given_back() throws Exception {
        try (TestFront front = TestFront.mx(config -> relayed(config, Admissions.noneExempt()))) {
            List<Client> open = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                open.add(relay(front));
            }
            assertThat(open.get(0).say("XCLIENT ADDR=192.0.2.1")).startsWith("220 ");
            assertThat(open.get(1).say("XCLIENT ADDR=192.0.2.1")).startsWith("220 ");
            assertThat(open.get(2).say("XCLIENT ADDR=192.0.2.1")).startsWith("421 4.7.0 ");
            Admissions.assertClosed(open.get(2));
            assertThat(open.get(1).say("XCLIENT ADDR=192.0.2.2")).startsWith("220 ");
            assertThat(open.get(3).say("XCLIENT ADDR=192.0.2.1")).startsWith("220 ");
            assertThat(Admissions.barred(front, "address-sessions")).isEqualTo(1);
            for (Client client : open) {
                client.close();
            }
            while (front.meters.get("postern.admission.strangers").gauge().value() > 0) {
                Thread.sleep(5);
            }
        }
    }

    @Test
    void a_client_that_a_list_denies_is_refused_through_a_relay_too() throws IOException {
        Path list = Files.writeString(folder.resolve("deny.txt"), "deny client 192.0.2.0/24 We know you\n");
        try (TestFront front =
                        TestFront.mx(config -> relayed(config, Admissions.lists(Admissions.noneExempt(), list)));
                Client client = relay(front)) {
            assertThat(client.say("XCLIENT ADDR=192.0.2.1")).isEqualTo("554 5.7.1 We know you");
            Admissions.assertClosed(client);
            assertThat(Admissions.barred(front, "denied-client")).isEqualTo(1);
        }
    }

    @Test
    void filters_hear_of_the_client_when_the_relay_speaks_for_it() throws IOException {
        try (TestFront front = TestFront.mx(config -> relayed(config, Admissions.noneExempt()));
                Client client = relay(front)) {
            client.say("XCLIENT ADDR=192.0.2.1 HELO=there.example");
            assertThat(front.connected.getLast().address().getHostAddress()).isEqualTo("192.0.2.1");
            assertThat(front.connected.getLast().helo()).isEqualTo("there.example");
        }
    }
}
