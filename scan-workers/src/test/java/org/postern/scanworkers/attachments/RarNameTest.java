// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RarNameTest {
    private static byte[] octets(String plain, String packed) {
        byte[] first = (plain + "\0").getBytes(StandardCharsets.ISO_8859_1);
        byte[] second = HexFormat.ofDelimiter(" ").parseHex(packed);
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    @ParameterizedTest
    @CsvSource({
        "other.txt, 00 00 65 76 69 6c, evil",
        "other.txt, 04 50 41 42, \u0441\u0442",
        "other.txt, 00 80 57 5b 61, \u5b57a",
        "other.txt, 00 c0 07, other.txt",
        "other.txt, 00 0c 65 78 04, exher.tx",
        "hal.wybs, 00 c0 86 01, ibm/xzct",
        "hal.wybs, 04 c0 80 01, \u0469\u0462",
        "other.txt, 00 c0, ''",
        "other.txt, 00 c0 7f, other.txt"
    })
    void of_aNameInTwoForms_givesBoth(String plain, String packed, String wide) {
        byte[] octets = octets(plain, packed);
        assertThat(RarName.of(octets, 0, octets.length, true)).containsExactly(plain, wide);
    }

    @Test
    void of_aNameInOneForm_givesThat() {
        byte[] octets = "b\u00fccher".getBytes(StandardCharsets.UTF_8);
        assertThat(RarName.of(octets, 0, octets.length, true)).containsExactly("b\u00fccher");
        assertThat(RarName.of(octets, 0, octets.length, false)).containsExactly("b\u00c3\u00bccher");
    }

    @Test
    void of_anyOctets_givesTwoNamesOfABoundedLength() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] octets = new byte[random.nextInt(200)];
            random.nextBytes(octets);
            assertThat(RarName.of(octets, 0, octets.length, true))
                    .as("seed %d", seed)
                    .allSatisfy(name -> assertThat(name.length()).isLessThanOrEqualTo(2 * octets.length));
        }
    }
}
