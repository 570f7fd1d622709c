// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postern.smtpfront.BareLineEnds;

final class ChunkReaderTest {
    private record Read(boolean bare, String content) {}

    /// Reads the text in chunks of random length, each handed over in pieces of random length.
    private static Read read(String text, BareLineEnds policy, boolean binary, Random random) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ChunkReader reader = new ChunkReader(out::write, policy, binary);
        int at = 0;
        do {
            int size = random.nextInt(octets.length - at + 1);
            boolean last = at + size == octets.length && random.nextBoolean();
            reader.begin(size, last);
            while (!reader.chunkEnded()) {
                int most = Math.min(octets.length, at + 1 + random.nextInt(4));
                at = reader.read(octets, at, most);
            }
            assertThat(reader.ended()).isEqualTo(last);
        } while (!reader.ended());
        assertThat(at).isEqualTo(octets.length);
        return new Read(reader.sawBareLineEnd(), out.toString(StandardCharsets.ISO_8859_1));
    }

    private static void expect(String text, BareLineEnds policy, boolean binary, Read expected) {
        Random random = new Random(text.hashCode());
        for (int i = 0; i < 200; i++) {
            assertThat(read(text, policy, binary, random)).as("run %d", i).isEqualTo(expected);
        }
    }

    @Test
    void whole_lines_and_dots_are_kept_as_they_are() {
        String text = "a: b\r\n\r\n.\r\n..\r\nno end";
        expect(text, BareLineEnds.REFUSE, false, new Read(false, text));
        expect(text, BareLineEnds.NORMALISE, false, new Read(false, text));
    }

    @Test
    void a_lone_cr_or_lf_is_told_wherever_it_stands() {
        for (String text : new String[] {"\n", "\r", "a\rb", "a\nb", "a\r\r\n", "a\r\n\n", "a: b\r\n\r\nx\n.\n"}) {
            expect(text, BareLineEnds.REFUSE, false, new Read(true, text));
        }
    }

    @Test
    void a_lone_cr_or_lf_becomes_crlf_where_that_is_wanted() {
        expect("\r\r\n\n\ra\nb\r", BareLineEnds.NORMALISE, false, new Read(true, "\r\n\r\n\r\n\r\na\r\nb\r\n"));
    }

    @Test
    void a_binary_body_may_hold_any_octets_and_is_never_changed() {
        String text = "a: b\r\n\r\n\n\r\r\n\0\u00ff\n.\r";
        expect(text, BareLineEnds.REFUSE, true, new Read(false, text));
        expect(text, BareLineEnds.NORMALISE, true, new Read(false, text));
    }

    @Test
    void the_header_of_a_binary_message_is_held_to_whole_lines() {
        for (String text :
                new String[] {"a: b\nc: d\r\n\r\n", "a: b\r\n\n\r\n", "a\r", "\n\r\n\r\n", "a: b\r\rc\r\n\r\n"}) {
            expect(text, BareLineEnds.NORMALISE, true, new Read(true, text));
        }
    }
}
