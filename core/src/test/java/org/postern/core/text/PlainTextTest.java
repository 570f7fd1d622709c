// SPDX-License-Identifier: Apache-2.0
package org.postern.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PlainTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "Grüße an 例え 😀", "a{b}%c\\d"})
    void text_thatSteersNothing_staysAsItIs(String text) {
        assertThat(PlainText.of(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 7, 0x1b, 0x7f, // C0 and DEL
                0x80, 0x84, 0x9b, 0x9d, // C1: CSI and OSC in one octet of many terminals
                0x200b, 0x200e, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069, 0xfeff, 0xad, 0xe0041, // bidi, not seen, tags
                0xd800, 0xdc00, // half a character
            })
    void character_thatSteersATerminal_orIsNotSeen_isAQuestionMark(int c) {
        assertThat(PlainText.of("a" + (char) 0x20 + new StringBuilder().appendCodePoint(c) + "b"))
                .isEqualTo("a ?b");
    }

    @ParameterizedTest
    @ValueSource(ints = {'\t', '\n', '\r', 0x0b, 0x0c, 0x2028, 0x2029})
    void endOfALine_isABlank(int c) {
        assertThat(PlainText.of("a" + (char) c + "b")).isEqualTo("a b");
    }

    @Test
    void nextLine_ofTheSecondControls_endsNoLine() {
        assertThat(PlainText.of("a\u0085b")).isEqualTo("a?b");
    }

    @ParameterizedTest
    @CsvSource({"abc, 3, abc", "abcd, 3, abc…", "ab😀, 3, ab…", "ab😀, 4, ab😀"})
    void longText_isCut_andNeverWithinACharacter(String text, int max, String shown) {
        assertThat(PlainText.of(text, max)).isEqualTo(shown);
    }
}
