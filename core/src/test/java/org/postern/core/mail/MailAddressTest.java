// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailAddressTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "alice@example.org | alice@example.org",
                "Alice@EXAMPLE.Org. | Alice@example.org",
                "o'brien+list@example.org | o'brien+list@example.org",
                "\"john smith\"@example.org | \"john smith\"@example.org",
                "\"plain\"@example.org | plain@example.org",
                "\"a\\\"b\"@example.org | \"a\\\"b\"@example.org",
                "alice@[192.0.2.1] | alice@[192.0.2.1]",
                "alice@[IPv6:2001:db8::1] | alice@[IPv6:2001:db8::1]",
                "josé@bücher.example | josé@xn--bcher-kva.example",
            })
    void parse_addressOfRfc5321_givesCanonicalForm(String text, String canonical) {
        assertThat(MailAddress.parse(text)).hasToString(canonical);
        assertThat(MailAddress.parse(canonical)).isEqualTo(MailAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@",
                "alice",
                "alice@",
                "@example.org",
                "a..b@example.org",
                ".a@example.org",
                "a.@example.org",
                "john smith@example.org",
                "\"\"@example.org",
                "\"a@example.org",
                "\"a\"b@example.org",
                "a@-x.org",
                "a@x..org",
                "a@x_y.org/../..",
                "a@[not an address]",
                "a\r\nb@example.org",
                "\"a\r\nb\"@example.org",
                "\"a\u0000b\"@example.org",
                "a@exa mple.org",
                "<a@example.org>",
                "a@b@example.org"
            })
    void parse_whatIsNoAddress_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> MailAddress.parse(text));
    }

    @Test
    void parse_localPartOf65Octets_isRefused() {
        assertThat(MailAddress.parse("x".repeat(64) + "@example.org").localPart())
                .hasSize(64);
        assertThatIllegalArgumentException().isThrownBy(() -> MailAddress.parse("x".repeat(65) + "@example.org"));
        assertThatIllegalArgumentException().isThrownBy(() -> MailAddress.parse("é".repeat(33) + "@example.org"));
    }

    @Test
    void parse_randomText_eitherRefusesOrRoundTrips() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "ab.@\"\\ <>[]:é\r\n\u0000+-_1";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            text.append(random.nextBoolean() ? "@example.org" : "");
            MailAddress address;
            try {
                address = MailAddress.parse(text.toString());
            } catch (IllegalArgumentException refused) {
                continue;
            }
            assertThat(address.toString()).as("seed %s", seed).doesNotContain("\r", "\n", "\u0000");
            assertThat(MailAddress.parse(address.toString()))
                    .as("seed %s", seed)
                    .isEqualTo(address);
        }
    }

    @Test
    void parse_ofADomainThatOldAndNewRulesTakeForDifferentOnes_isRefused() {
        for (String domain :
                List.of("fa\u00df.example", "\u03c3\u03c2.example", "a\u200cb.example", "a\u200db.example")) {
            assertThatThrownBy(() -> Domain.parse(domain)).as(domain).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Domain.parse("xn--fa-hia.example").name()).isEqualTo("xn--fa-hia.example");
        assertThat(Domain.parse("b\u00fccher.example").name()).isEqualTo("xn--bcher-kva.example");
    }
}
