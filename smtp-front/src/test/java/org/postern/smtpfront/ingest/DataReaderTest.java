// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postern.smtpfront.BareLineEnds;

final class DataReaderTest {
    /// What a reader made of some octets.
    private record Read(boolean ended, boolean bare, String content, int used) {}

    private static Read read(String text, BareLineEnds policy, List<Integer> cuts) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataReader reader = new DataReader(out::write, policy);
        int at = 0;
        for (int cut : cuts) {
            if (!reader.ended()) {
                at = reader.read(octets, at, cut);
            }
        }
        if (!reader.ended()) {
            at = reader.read(octets, at, octets.length);
        }
        return new Read(reader.ended(), reader.sawBareLineEnd(), out.toString(StandardCharsets.ISO_8859_1), at);
    }

    private static Read read(String text, BareLineEnds policy) {
        return read(text, policy, List.of());
    }

    @Test
    void an_empty_message_ends_with_a_dot_alone() {
        assertThat(read(".\r\n", BareLineEnds.REFUSE)).isEqualTo(new Read(true, false, "", 3));
    }

    @Test
    void octets_after_the_end_are_not_read() {
        assertThat(read("a\r\n.\r\nQUIT\r\n", BareLineEnds.REFUSE)).isEqualTo(new Read(true, false, "a\r\n", 6));
    }

    @Test
    void one_dot_at_the_start_of_a_line_is_removed() {
        assertThat(read("..\r\n.a\r\n...\r\nb.\r\n.\r\n", BareLineEnds.REFUSE).content())
                .isEqualTo(".\r\na\r\n..\r\nb.\r\n");
    }

    @Test
    void lone_ends_are_kept_and_told() {
        assertThat(read("a\nb\rc\r\n.\r\n", BareLineEnds.REFUSE)).isEqualTo(new Read(true, true, "a\nb\rc\r\n", 10));
    }

    @Test
    void lone_ends_become_crlf_where_that_is_wanted() {
        assertThat(read("a\nb\rc\r\r\n.\rx\r\n.\r\n", BareLineEnds.NORMALISE).content())
                .isEqualTo("a\r\nb\r\nc\r\n\r\n\r\nx\r\n");
    }

    @Test
    void random_octets_in_random_pieces_read_as_the_plain_rule_says() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String text = text(random);
            for (BareLineEnds policy : BareLineEnds.values()) {
                assertThat(read(text, policy, cuts(random, text.length())))
                        .as("seed %d round %d", seed, i)
                        .isEqualTo(plainRule(text, policy));
            }
        }
    }

    @Test
    void octets_that_cannot_end_a_message_never_do() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int certain = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] octets = text(random).getBytes(StandardCharsets.ISO_8859_1);
            int cut = random.nextInt(octets.length + 1);
            DataReader reader = new DataReader((o, from, length) -> {}, BareLineEnds.REFUSE);
            reader.read(octets, 0, cut);
            byte[] rest = Arrays.copyOfRange(octets, cut, octets.length);
            if (!reader.ended() && DataReader.cannotEnd(rest)) {
                certain++;
                reader.read(rest, 0, rest.length);
                assertThat(reader.ended()).as("seed %d round %d", seed, i).isFalse();
            }
        }
        assertThat(certain).isGreaterThan(1_000);
    }

    private static String text(Random random) {
        String alphabet = "\r\n.a\r\n.";
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(24); length > 0; length--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.append(random.nextBoolean() ? "\r\n.\r\n" : "").toString();
    }

    private static List<Integer> cuts(Random random, int length) {
        List<Integer> cuts = new ArrayList<>();
        for (int at = 0; at < length; at++) {
            if (random.nextInt(3) == 0) {
                cuts.add(at);
            }
        }
        return cuts;
    }

    /// The rule written the slow way: split at CRLF, and nowhere else.
    private static Read plainRule(String text, BareLineEnds policy) {
        StringBuilder content = new StringBuilder();
        int at = 0;
        boolean bare = false;
        while (true) {
            int end = text.indexOf("\r\n", at);
            String line = end < 0 ? text.substring(at) : text.substring(at, end);
            if (end >= 0 && line.equals(".")) {
                return new Read(true, bare, content.toString(), end + 2);
            }
            boolean undecided = end < 0 && (line.equals(".") || line.equals(".\r"));
            String plain = undecided ? "" : line.startsWith(".") ? line.substring(1) : line;
            boolean open = end < 0 && plain.endsWith("\r");
            String settled = open ? plain.substring(0, plain.length() - 1) : plain;
            bare |= settled.contains("\r") || settled.contains("\n");
            if (policy == BareLineEnds.NORMALISE) {
                content.append(settled.replace("\r", "\n").replace("\n", "\r\n"));
            } else {
                content.append(plain);
            }
            if (end < 0) {
                return new Read(false, bare, content.toString(), text.length());
            }
            content.append("\r\n");
            at = end + 2;
        }
    }
}
