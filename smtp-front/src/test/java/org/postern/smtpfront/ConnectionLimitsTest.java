// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.core.config.CidrBlock;
import org.postern.core.limits.Rate;
import org.postern.smtpfront.admission.AdmissionConfig;

/// Limits and rates of connections and commands, over real connections. What depends on time is in the
/// tests of the package admission, on a clock of their own.
final class ConnectionLimitsTest {
    @Test
    void who_connects_too_often_is_told_to_come_again() throws IOException {
        try (TestFront front =
                Admissions.strict(config -> Admissions.rates(config, "connections", Rate.parse("2/1h")))) {
            Client.greeted(front.address(0)).close();
            Client.greeted(front.address(0)).close();
            try (Client client = Client.connect(front.address(0))) {
                assertThat(client.reply()).startsWith("421 4.7.0 Connecting too often");
                Admissions.assertClosed(client);
            }
            assertThat(Admissions.barred(front, "connection-rate")).isEqualTo(1);
        }
    }

    @Test
    void a_network_has_a_bound_of_its_own() throws IOException {
        try (TestFront front = TestFront.mx(config -> Change.admission(
                Change.with(
                        Change.with(config, "limits", Change.with(config.limits(), "connectionsPerAddress", 2)),
                        "listen",
                        List.of(new ListenerConfig(
                                0, "127.0.0.1", TlsMode.NONE, List.of(CidrBlock.parse("127.0.0.1"))))),
                Change.with(AdmissionConfig.defaults(), "networkFactor", 2)))) {
            List<Client> clients = new ArrayList<>();
            for (String address : List.of("2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1", "2001:db8:0:4::1")) {
                clients.add(announced(front, "TCP6 " + address + " ::1"));
                assertThat(clients.getLast().reply()).startsWith("220 ");
            }
            clients.add(announced(front, "TCP6 2001:db8:0:5::1 ::1"));
            assertThat(clients.getLast().reply()).startsWith("421 4.7.0 ");
            clients.add(announced(front, "TCP6 2001:db8:1:1::1 ::1"));
            assertThat(clients.getLast().reply()).as("another /48").startsWith("220 ");
            assertThat(Admissions.barred(front, "network-sessions")).isEqualTo(1);
            for (Client client : clients) {
                client.close();
            }
        }
    }

    private static Client announced(TestFront front, String addresses) throws IOException {
        Client client = Client.connect(front.address(0));
        client.sendRaw("PROXY " + addresses + " 12345 25\r\n");
        return client;
    }

    @Test
    void a_session_that_sends_commands_too_fast_is_ended() throws IOException {
        try (TestFront front =
                        Admissions.strict(config -> Admissions.rates(config, "sessionCommands", Rate.parse("3/1h")));
                Client client = Client.greeted(front.address(0))) {
            client.say("HELO client.example");
            client.say("MAIL FROM:<>");
            client.say("RCPT TO:<bob@here.example>");
            assertThat(client.say("DATA")).startsWith("421 4.7.0 Too many commands");
            Admissions.assertClosed(client);
            assertThat(front.decisions).hasSize(1);
        }
    }

    @Test
    void an_address_that_sends_commands_too_fast_in_many_sessions_is_stopped_too() throws IOException {
        try (TestFront front = Admissions.strict(config -> Admissions.rates(config, "commands", Rate.parse("3/1h")));
                Client one = Client.greeted(front.address(0));
                Client other = Client.greeted(front.address(0))) {
            assertThat(one.say("HELO client.example")).startsWith("250 ");
            assertThat(other.say("HELO client.example")).startsWith("250 ");
            assertThat(one.say("MAIL FROM:<>")).startsWith("250 ");
            assertThat(other.say("MAIL FROM:<>")).startsWith("421 4.7.0 ");
        }
    }

    @Test
    void a_session_of_nothing_but_idle_commands_is_ended_and_mail_makes_it_fresh() throws IOException {
        try (TestFront front = Admissions.strict(config -> Admissions.rates(config, "idleCommands", 10));
                Client client = Client.greeted(front.address(0))) {
            client.say("HELO client.example");
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 9; j++) {
                    assertThat(client.say("NOOP")).startsWith("250 ");
                }
                assertThat(client.mail("a@there.example", "bob@here.example", Admissions.MESSAGE))
                        .startsWith("250 ");
            }
            for (int j = 0; j < 10; j++) {
                assertThat(client.say("rset")).startsWith("250 ");
            }
            assertThat(client.say("NOOP")).startsWith("421 4.7.0 ");
            Admissions.assertClosed(client);
        }
    }

    /// Else all of IPv4 would be one client.
    @Test
    void a_client_that_comes_by_ipv4_to_a_listener_for_both_is_one_of_ipv4() throws IOException {
        try (TestFront front = TestFront.mx(config -> Change.listen(config, ListenerConfig.of("::", 0, TlsMode.NONE)));
                Client client = Client.greeted(new InetSocketAddress(
                        InetAddress.ofLiteral("127.0.0.1"), front.address(0).getPort()))) {
            assertThat(client.say("HELO client.example")).endsWith(" greets [127.0.0.1]");
        }
    }
}
