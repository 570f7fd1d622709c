// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.config.ConfigException;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.mime.MimeLimits;
import org.postern.scanworkers.mime.MimeWalk;

/// What ends the search of a mail that never ends.
@Timeout(60)
class RuleBoundsTest {
    private static final long BUDGET = 64 * 1024;

    /// A zip archive with one file of zeros, of which more comes for ever.
    private static InputStream endlessZip() {
        byte[] header = {
            'P', 'K', 3, 4, 20, 0, 8, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 'a'
        };
        byte[] packed = new byte[8 * 1024];
        int length;
        try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true)) {
            deflater.setInput(new byte[1 << 20]);
            length = deflater.deflate(packed, 0, packed.length, Deflater.FULL_FLUSH);
        }
        byte[] block = Arrays.copyOf(packed, length);
        return new InputStream() {
            private long at;

            @Override
            public int read() {
                int octet = at < header.length ? header[(int) at] : block[(int) ((at - header.length) % block.length)];
                at++;
                return octet & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                for (int i = 0; i < length; i++) {
                    target[offset + i] = (byte) read();
                }
                return length;
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a phrase that is not there"})
    void search_ofAnEndlessZip_endsWithItsBudget(String phrase) throws IOException {
        ContentSearch search = new ContentSearch(phrase.isEmpty() ? List.of() : List.of(phrase), BUDGET);

        search.inside(search.over(endlessZip()));

        assertThat(search.found()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "((x{1000}){1000}){1000}",
                "(((x{100}){100}){100}){100}",
                "(?:[a-z{]{9,}x{0,1000}){1000}",
                "(\\p{Greek}{1000}){21}"
            })
    void expression_thatWouldFillTheHeap_isNotCompiled(String regex) {
        assertThat(RegexSize.fits(regex)).isFalse();
        assertThatThrownBy(() -> RuleFile.parse(
                        "rules", "rules: [{ symbol: A, score: 1, in: body, regex: '" + regex + "' }]", Set.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("repeats too often");
    }

    @Test
    void expression_thatIsLongOrDeep_isNotCompiled() {
        assertThat(RegexSize.fits("(".repeat(101) + "x" + ")".repeat(101))).isFalse();
        assertThat(RegexSize.fits("a|".repeat(5_001))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a{", "a{,5}", "x{1000}y{1000}z{1000}", "[]{}{1000}]{1000}[^]{9}]{1000}",
                        "\\{1000\\}\\x{10FFFF}{1000}",
                "[[:alpha:]{1000}]{1000}", "(?i)\\b(?:viagra|cialis)\\b.{0,200}(?:https?://\\S{1,300})", ")", "(", "[",
                        "\\"
            })
    void expression_ofUsualSize_mayBeCompiled(String regex) {
        assertThat(RegexSize.fits(regex)).isTrue();
    }

    @Test
    void text_thatIsFull_isReadNoFurther() throws Exception {
        MailTransaction mail = Mails.of("Content-Type: text/html; charset=utf-8", "", "<p>&#x".repeat(100_000));
        AtomicLong read = new AtomicLong();
        TextCollector collector = new TextCollector(4096, new ContentSearch(List.of("x"), BUDGET));

        MimeWalk.walk(
                mail.content(),
                mail.header(),
                MimeLimits.DEFAULTS,
                (part, in) -> collector.part(part, counted(in, read)));

        assertThat(collector.text(mail).html().asWritten()).hasSize(4096);
        assertThat(read).hasValueLessThan(3 * BUDGET);
    }

    private static InputStream counted(InputStream in, AtomicLong read) {
        return new FilterInputStream(in) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int n = super.read(target, offset, length);
                read.addAndGet(Math.max(0, n));
                return n;
            }
        };
    }
}
