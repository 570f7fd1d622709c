// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainTest {
    private static final String LABEL = "a".repeat(63);
    private static final String LONGEST = (LABEL + ".").repeat(3) + LABEL;

    static Stream<String> names() {
        return Stream.of(
                "a", "example.org", "xn--mller-kva.example", "1.2.3", "_dmarc.example.org", "a--b.c", LABEL, LONGEST);
    }

    @ParameterizedTest
    @MethodSource("names")
    void name_ofLettersDigitsAndInnerHyphens_isTaken(String name) {
        assertThat(new Domain(name).toString()).isEqualTo(name);
    }

    static Stream<String> noNames() {
        return Stream.of(
                "",
                ".",
                "a.",
                ".a",
                "a..b",
                "-a",
                "a-",
                "a-.b",
                "a.-b",
                "A.b",
                "a b",
                "a\r\nb",
                "a\u0000",
                "münchen.example",
                "a@b",
                LABEL + "a",
                LONGEST + ".a");
    }

    @ParameterizedTest
    @MethodSource("noNames")
    void name_ofAnythingElse_isRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Domain(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[192.0.2.1]", "[IPv6:2001:db8::1]"})
    void literal_isTaken(String literal) {
        assertThat(Domain.parse(literal).isAddressLiteral()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Example.ORG", "example.org."})
    void parse_foldsCaseAndDropsTheLastDot(String text) {
        assertThat(Domain.parse(text)).isEqualTo(new Domain("example.org"));
    }
}
