// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.net.ssl.ExtendedSSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.limits.LoginLimitsConfig;
import org.postern.core.limits.Rate;
import org.postern.smtpfront.admission.AdmissionConfig;
import org.slf4j.LoggerFactory;

/// Logins that take several lines.
final class AuthTest {
    private static final String ALICE = "alice@here.example";
    private static final byte[] NONE = new byte[0];

    private static TestFront front() throws IOException {
        return new TestFront(Authentication.OPTIONAL, List.of(TlsMode.IMPLICIT), UnaryOperator.identity());
    }

    private static Client client(TestFront front) throws IOException {
        Client client = Client.connect(front.address(0));
        client.startTls();
        client.reply();
        assertThat(client.say("EHLO client.example"))
                .contains("AUTH PLAIN LOGIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS OAUTHBEARER XOAUTH2");
        return client;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String plain(String reply) {
        assertThat(reply).startsWith("334 ");
        return new String(Base64.getDecoder().decode(reply.substring(4)), StandardCharsets.UTF_8);
    }

    /// The reply to the last message of a login.
    private static String scram(Client client, String mechanism, ScramClient login)
            throws IOException, GeneralSecurityException {
        String challenge = plain(client.say("AUTH " + mechanism + " " + base64(login.first())));
        String reply = client.say(base64(login.last(challenge)));
        if (!reply.startsWith("334 ")) {
            return reply;
        }
        assertThat(plain(reply)).isEqualTo(login.serverFinal());
        return client.say("");
    }

    private static byte[] endPoint(Client client) throws IOException, GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256")
                .digest(client.tlsSession().getPeerCertificates()[0].getEncoded());
    }

    private static byte[] exporter(Client client) throws IOException {
        return ((ExtendedSSLSession) client.tlsSession())
                .exportKeyingMaterialData("EXPORTER-Channel-Binding", NONE, 32);
    }

    @Test
    void scram_lets_in_who_knows_the_password() throws Exception {
        try (TestFront front = front();
                Client client = client(front)) {
            ScramClient login = new ScramClient("n,,", NONE, ALICE, "abc", FakeDirectory.PASSWORD);
            assertThat(scram(client, "scram-sha-256", login)).startsWith("235 2.7.0 ");
            assertThat(client.mail(ALICE, "bob@here.example", "x: y\r\n\r\n")).startsWith("250 ");
            assertThat(front.decisions.getLast().client().authenticatedAs()).contains(ALICE);
        }
    }

    @Test
    void scram_plus_lets_in_over_this_very_connection_only() throws Exception {
        try (TestFront front = front()) {
            for (String binding : List.of("tls-server-end-point", "tls-exporter")) {
                try (Client client = client(front)) {
                    byte[] channel = binding.equals("tls-exporter") ? exporter(client) : endPoint(client);
                    channel[0] ^= 1;
                    String header = "p=" + binding + ",,";
                    assertThat(scram(
                                    client,
                                    "SCRAM-SHA-256-PLUS",
                                    new ScramClient(header, channel, ALICE, "abc", FakeDirectory.PASSWORD)))
                            .startsWith("535 5.7.8 ");
                    channel[0] ^= 1;
                    assertThat(scram(
                                    client,
                                    "SCRAM-SHA-256-PLUS",
                                    new ScramClient(header, channel, ALICE, "abd", FakeDirectory.PASSWORD)))
                            .startsWith("235 2.7.0 ");
                }
            }
        }
    }

    @Test
    void scram_refuses_a_wrong_password_and_somebody_unknown_alike() throws Exception {
        try (TestFront front = front()) {
            Set<String> salts = new HashSet<>();
            for (String user : List.of(ALICE, "nobody@here.example", "nobody@here.example")) {
                try (Client client = client(front)) {
                    ScramClient login = new ScramClient("n,,", NONE, user, "abc", "wrong");
                    String challenge = plain(client.say("AUTH SCRAM-SHA-256 " + base64(login.first())));
                    assertThat(challenge).matches("r=abc[!-~]{24},s=[A-Za-z0-9+/=]{24},i=4096");
                    salts.add(user + challenge.substring(challenge.indexOf(",s=")));
                    assertThat(client.say(base64(login.last(challenge)))).startsWith("535 5.7.8 ");
                }
            }
            assertThat(salts).as("the invented salt stays the same").hasSize(2);
        }
    }

    private static TestFront twoFailuresAllowed() throws Exception {
        LoginLimitsConfig limits =
                new LoginLimitsConfig(Rate.parse("2/1h"), Rate.UNLIMITED, Duration.ZERO, Duration.ZERO, 1000);
        return new TestFront(
                Authentication.REQUIRED,
                List.of(TlsMode.IMPLICIT),
                config -> Change.admission(config, Change.with(AdmissionConfig.defaults(), "logins", limits)));
    }

    @Test
    void scram_counts_whoever_breaks_off_when_the_challenge_was_seen() throws Exception {
        try (TestFront front = twoFailuresAllowed();
                Client client = client(front)) {
            assertThat(client.say("AUTH SCRAM-SHA-256")).isEqualTo("334 ");
            assertThat(client.say("*")).startsWith("501 5.7.0 ");
            for (String user : List.of(ALICE, "nobody@here.example")) {
                assertThat(client.say("AUTH SCRAM-SHA-256 " + base64("n,,n=" + user + ",r=abc")))
                        .startsWith("334 ");
                assertThat(client.say("*")).startsWith("501 5.7.0 ");
            }
            assertThat(client.say("AUTH SCRAM-SHA-256 " + base64("n,,n=" + ALICE + ",r=abc")))
                    .startsWith("454 4.7.0 Too many failed logins");
        }
    }

    @Test
    void failed_login_is_a_line_of_the_log_with_address_and_account() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("org.postern.smtpfront.protocol.AuthCommand");
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
        try (TestFront front = front();
                Client client = client(front)) {
            assertThat(client.say("AUTH PLAIN " + base64("\0" + ALICE + "\0wrong")))
                    .startsWith("535 5.7.8 ");
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.endsWith(": 127.0.0.1 failed to log in as " + ALICE));
    }

    @Test
    void scram_refuses_a_list_of_mechanisms_that_somebody_shortened() throws Exception {
        try (TestFront front = front();
                Client client = client(front)) {
            ScramClient login = new ScramClient("y,,", NONE, ALICE, "abc", FakeDirectory.PASSWORD);
            assertThat(client.say("AUTH SCRAM-SHA-256 " + base64(login.first())))
                    .startsWith("535 5.7.8 ");
        }
    }

    @Test
    void scram_is_temporarily_refused_while_the_directory_cannot_say() throws Exception {
        try (TestFront front = front();
                Client client = client(front)) {
            assertThat(client.say("AUTH SCRAM-SHA-256 " + base64("n,,n=undecided,r=abc")))
                    .startsWith("454 4.7.0 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n,,n=alice@here.example",
                "p=tls-unique,,n=alice@here.example,r=abc",
                "n,a=bob@here.example,n=alice@here.example,r=abc",
                "n,,m=x,n=alice@here.example,r=abc",
                "n,,n=a=20b,r=abc",
                "n,,n=,r=abc",
                "n,,n=alice@here.example,r=a\u0000b",
                "",
            })
    void scram_takes_nothing_but_its_own_form(String first) throws Exception {
        try (TestFront front = front();
                Client client = client(front)) {
            assertThat(client.say("AUTH SCRAM-SHA-256")).isEqualTo("334 ");
            assertThat(client.say(base64(first))).startsWith("501 5.5.2 ");
            assertThat(client.say("AUTH SCRAM-SHA-256-PLUS " + base64("n,,n=alice@here.example,r=abc")))
                    .startsWith("501 5.5.2 ");
            assertThat(client.say("NOOP")).startsWith("250 ");
        }
    }

    @Test
    void scram_refuses_a_changed_nonce_and_may_be_cancelled() throws Exception {
        try (TestFront front = front();
                Client client = client(front)) {
            ScramClient login = new ScramClient("n,,", NONE, ALICE, "abc", FakeDirectory.PASSWORD);
            String challenge = plain(client.say("AUTH SCRAM-SHA-256 " + base64(login.first())));
            assertThat(client.say(base64(login.last(challenge.replace("r=abc", "r=abx")))))
                    .startsWith("535 5.7.8 ");
            assertThat(client.say("AUTH SCRAM-SHA-256 " + base64(login.first())))
                    .startsWith("334 ");
            assertThat(client.say("*")).startsWith("501 5.7.0 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"OAUTHBEARER", "XOAUTH2"})
    void a_token_lets_in_whom_it_belongs_to(String mechanism) throws Exception {
        try (TestFront front = front()) {
            try (Client client = client(front)) {
                assertThat(client.say("AUTH " + mechanism + " " + base64(token(mechanism, ALICE, "valid"))))
                        .startsWith("235 2.7.0 ");
            }
            try (Client client = client(front)) {
                String reply = client.say("AUTH " + mechanism + " " + base64(token(mechanism, ALICE, "stale")));
                assertThat(plain(reply)).contains("\"status\":");
                assertThat(client.say(mechanism.equals("XOAUTH2") ? "" : "AQ=="))
                        .startsWith("535 5.7.8 ");
                assertThat(client.say("AUTH " + mechanism + " " + base64(token(mechanism, ALICE, "unclear"))))
                        .startsWith("454 4.7.0 ");
                assertThat(client.say("AUTH " + mechanism + " " + base64("user=x")))
                        .startsWith("501 5.5.2 ");
                // A token may be longer than other commands are.
                assertThat(client.say("AUTH " + mechanism)).isEqualTo("334 ");
                assertThat(client.say(base64(token(mechanism, ALICE, "valid" + "0".repeat(8000)))))
                        .startsWith("334 ");
                assertThat(client.say("")).startsWith("535 ");
                assertThat(client.say("NOOP " + "x".repeat(5000))).startsWith("500 5.5.2 ");
            }
        }
    }

    @Test
    void a_wrong_token_counts_also_when_the_client_breaks_off_and_then_nobody_is_asked() throws Exception {
        try (TestFront front = twoFailuresAllowed();
                Client client = client(front)) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.say("AUTH XOAUTH2 " + base64(token("XOAUTH2", ALICE, "stale"))))
                        .startsWith("334 ");
                assertThat(client.say("*")).startsWith("535 5.7.8 ");
            }
            assertThat(client.say("AUTH XOAUTH2 " + base64(token("XOAUTH2", ALICE, "valid"))))
                    .startsWith("454 4.7.0 Too many failed logins");
            assertThat(client.say("AUTH SCRAM-SHA-256 " + base64("n,,n=" + ALICE + ",r=abc")))
                    .startsWith("454 4.7.0 Too many failed logins");
            assertThat(front.tokens.asked).hasValue(2);
        }
    }

    private static String token(String mechanism, String user, String token) {
        return mechanism.equals("XOAUTH2")
                ? "user=" + user + "\u0001auth=Bearer " + token + "\u0001\u0001"
                : "n,a=" + user + ",\u0001host=mx.here.example\u0001port=587\u0001auth=Bearer " + token
                        + "\u0001\u0001";
    }
}
