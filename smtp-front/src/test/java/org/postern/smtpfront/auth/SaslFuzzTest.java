// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Lookup;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.smtpfront.Mutations;

/// What clients send in the middle of a login, to every mechanism.
final class SaslFuzzTest {
    private static final List<String> MECHANISMS =
            List.of("PLAIN", "LOGIN", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "OAUTHBEARER", "XOAUTH2");

    /// Nobody is known, so nobody may be let in.
    private static final Directory NOBODY = new Directory() {
        @Override
        public Lookup<Domain> localDomain(Domain domain, Deadline deadline) {
            return new Lookup.Unknown<>();
        }

        @Override
        public Lookup<Account> recipient(ForwardPath recipient, Deadline deadline) {
            return new Lookup.Unknown<>();
        }

        @Override
        public Lookup<Account> authenticate(String login, String password, Deadline deadline) {
            return new Lookup.Unknown<>();
        }

        @Override
        public boolean offersScram() {
            return true;
        }

        @Override
        public void close() {}
    };

    @FuzzTest(maxDuration = "5m")
    void no_response_does_more_than_fail(byte[] octets) {
        check(octets);
    }

    @Test
    void no_change_of_the_corpus_does_more_than_fail() throws IOException {
        Mutations.of(SaslFuzzTest.class, "no_response_does_more_than_fail", SaslFuzzTest::check);
    }

    /// The longest line that is taken holds some 9,000 octets.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "n,,\u0001{a=\u0001}",
                "n,,\u0001auth=Bearer x\u0001{a=\u0001}",
                "c=biws,r=abc{,a=}",
                "c=biws,r=abc{,a=},p=AAAA",
                "n,,n=x,r=abc{,a=}",
                "{=2C}",
                "{\u0000}"
            })
    void however_many_parts_a_message_has_no_stack_runs_out(String form) {
        String part = form.substring(form.indexOf('{') + 1, form.indexOf('}'));
        check(form.replace("{" + part + "}", part.repeat(9_000 / part.length())).getBytes(StandardCharsets.UTF_8));
    }

    /// Two responses in one exchange, divided by the first line end.
    private static void check(byte[] octets) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        byte[] first = (end < 0 ? text : text.substring(0, end)).getBytes(StandardCharsets.ISO_8859_1);
        byte[] second = (end < 0 ? text : text.substring(end + 1)).getBytes(StandardCharsets.ISO_8859_1);
        for (String mechanism : MECHANISMS) {
            SaslExchange exchange = Mechanisms.start(mechanism, backend()).orElseThrow();
            int challenges = 0;
            for (byte[] response = first; challenges < 5 && goesOn(exchange.next(response)); response = second) {
                challenges++;
            }
            assertThat(challenges).as(mechanism + " ends").isLessThan(5);
        }
        ScramMessage.first(octets)
                .ifPresent(message -> assertThat(message.header() + message.bare())
                        .isEqualTo(new String(octets, StandardCharsets.UTF_8)));
        ScramMessage.last(octets)
                .ifPresent(message -> assertThat(new String(octets, StandardCharsets.UTF_8))
                        .startsWith(message.withoutProof() + ",p="));
    }

    private static SaslBackend backend() {
        return new SaslBackend(
                NOBODY,
                Optional.of((login, token, deadline) -> new Lookup.Unknown<>()),
                new ScramDecoy(),
                login -> true,
                Map.of("tls-exporter", new byte[32]));
    }

    private static boolean goesOn(SaslExchange.Step step) {
        return switch (step) {
            case SaslExchange.Step.Challenge _ -> true;
            case SaslExchange.Step.Check(String login, String password) -> {
                assertThat(login).isNotEmpty().doesNotContain("\0");
                assertThat(password).isNotEmpty().doesNotContain("\0");
                yield false;
            }
            case SaslExchange.Step.Concluded(String login, Lookup<Account> found) -> {
                assertThat(found).isInstanceOf(Lookup.Unknown.class);
                yield false;
            }
            case SaslExchange.Step.Barred() -> throw new AssertionError("nobody is barred");
            case SaslExchange.Step.Cancelled(var _) -> throw new AssertionError("nobody cancelled");
            case SaslExchange.Step.Malformed() -> false;
        };
    }
}
