// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxyHeaderTest {
    private static final String V2 = "0d0a0d0a000d0a515549540a";
    private static final String V2_IPV4 = V2 + "2111000c" + "c0000201" + "7f000001" + "3039" + "0019";
    private static final String V2_IPV6 =
            V2 + "21210024" + "20010db8000000000000000000000001" + "00000000000000000000000000000001" + "3039" + "0019";

    private static Optional<ProxyHeader> read(byte[] octets) {
        return ProxyHeader.read(octets, octets.length);
    }

    private static byte[] line(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static String source(byte[] octets) {
        return read(octets)
                .orElseThrow()
                .source()
                .map(source -> source.getAddress().getHostAddress() + " " + source.getPort())
                .orElse("none");
    }

    @Test
    void a_line_of_version_1_names_the_client() {
        assertThat(source(line("PROXY TCP4 192.0.2.1 127.0.0.1 12345 25\r\n"))).isEqualTo("192.0.2.1 12345");
        assertThat(source(line("PROXY TCP6 2001:db8::1 ::1 12345 25\r\n"))).isEqualTo("2001:db8:0:0:0:0:0:1 12345");
        assertThat(source(line("PROXY UNKNOWN\r\n"))).isEqualTo("none");
        assertThat(source(line("PROXY UNKNOWN ff:ff ::1 1 2\r\n"))).isEqualTo("none");
    }

    @Test
    void a_header_of_version_2_names_the_client_and_may_carry_more() {
        assertThat(source(hex(V2_IPV4))).isEqualTo("192.0.2.1 12345");
        assertThat(source(hex(V2_IPV6))).isEqualTo("2001:db8:0:0:0:0:0:1 12345");
        String withMore = V2_IPV4.replace("2111000c", "21110010") + "04000100";
        assertThat(source(hex(withMore))).isEqualTo("192.0.2.1 12345");
        assertThat(source(hex(V2 + "20000000"))).isEqualTo("none");
    }

    /// A header for 192.0.2.1 with these parts; the length is put in.
    private static byte[] withParts(String parts) {
        return hex(V2 + "2111" + "%04x".formatted(12 + parts.length() / 2) + "c0000201" + "7f000001" + "3039" + "0019"
                + parts);
    }

    private static String part(int type, String value) {
        return "%02x%04x".formatted(type, value.length() / 2) + value;
    }

    private static String text(int type, String value) {
        return part(type, HexFormat.of().formatHex(value.getBytes(StandardCharsets.US_ASCII)));
    }

    private static Optional<TlsInfo> tls(String parts) {
        return read(withParts(parts)).orElseThrow().tls();
    }

    @Test
    void what_a_balancer_says_of_tls_is_read() {
        String inner = text(0x21, "TLSv1.3") + text(0x23, "TLS_AES_128_GCM_SHA256") + text(0x22, "client (x)\n");
        assertThat(tls(part(0x20, "01" + "00000000" + inner)))
                .contains(new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", Optional.empty(), Optional.empty()));
        assertThat(tls(part(0x02, "6d78") + part(0x20, "07" + "00000000" + inner)))
                .contains(new TlsInfo(
                        "TLSv1.3", "TLS_AES_128_GCM_SHA256", Optional.of("CN=client ?x??"), Optional.empty()));
        assertThat(tls(part(0x20, "07" + "00000013" + inner)).orElseThrow().clientSubject())
                .isEmpty();
        assertThat(tls(part(0x20, "00" + "00000000" + inner))).isEmpty();
        assertThat(tls("")).isEmpty();
    }

    @Test
    void a_checksum_is_verified() {
        byte[] octets = withParts(part(0x03, "00000000"));
        java.util.zip.CRC32C sum = new java.util.zip.CRC32C();
        sum.update(octets, 0, octets.length);
        String right = "%08x".formatted((int) sum.getValue());
        assertThat(read(withParts(part(0x03, right)))).isPresent();
        assertThatThrownBy(() -> read(octets)).hasMessageContaining("checksum");
        assertThatThrownBy(() -> read(withParts(part(0x03, "00")))).hasMessageContaining("do not fit");
    }

    @Test
    void parts_that_do_not_fit_are_refused() {
        for (String parts : new String[] {"20", "2000", "200005", "2000050100", part(0x20, "01"), "0400ff00"}) {
            assertThatThrownBy(() -> read(withParts(parts)))
                    .as(parts)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("PROXY");
        }
        String cut = part(0x20, "01" + "00000000" + "2100ff41");
        assertThatThrownBy(() -> read(withParts(cut))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_follows_a_header_is_not_part_of_it() {
        assertThat(read(line("PROXY UNKNOWN\r\nEHLO x\r\n")).orElseThrow().length())
                .isEqualTo(15);
    }

    @Test
    void a_header_cut_anywhere_is_not_complete() {
        for (byte[] whole :
                new byte[][] {line("PROXY TCP4 192.0.2.1 127.0.0.1 12345 25\r\n"), hex(V2_IPV4), hex(V2_IPV6)}) {
            for (int cut = 0; cut < whole.length; cut++) {
                assertThat(ProxyHeader.read(whole, cut)).isEmpty();
            }
            assertThat(read(whole)).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EHLO client.example\r\n",
                "PROXY TCP4 192.0.2.256 127.0.0.1 1 2\r\n",
                "PROXY TCP4 localhost 127.0.0.1 1 2\r\n",
                "PROXY TCP4 2001:db8::1 ::1 1 2\r\n",
                "PROXY TCP6 192.0.2.1 127.0.0.1 1 2\r\n",
                "PROXY TCP4 192.0.2.1 127.0.0.1 65536 2\r\n",
                "PROXY TCP4 192.0.2.1 127.0.0.1 1\r\n",
                "PROXY TCP4 192.0.2.1  127.0.0.1 1 2\r\n",
                "PROXY UDP4 192.0.2.1 127.0.0.1 1 2\r\n",
            })
    void other_lines_are_refused(String text) {
        assertThatThrownBy(() -> read(line(text))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lines_without_end_and_headers_that_lie_about_their_length_are_refused() {
        assertThatThrownBy(() -> read(line("PROXY " + "A".repeat(200)))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(hex(V2 + "2111ffff"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(hex(V2 + "21110004" + "c0000201"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(hex(V2 + "1111000c"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(hex(V2 + "22110000"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void random_octets_never_do_more_than_be_refused() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[][] bases = {
            line("PROXY TCP4 192.0.2.1 127.0.0.1 12345 25\r\n"),
            hex(V2_IPV4),
            hex(V2_IPV6),
            withParts(part(0x20, "07" + "00000000" + text(0x21, "TLSv1.3")) + part(0x02, "00"))
        };
        for (int i = 0; i < 50_000; i++) {
            byte[] octets = bases[i % bases.length].clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(octets.length + 1);
            try {
                ProxyHeader.read(octets, length)
                        .ifPresent(header -> assertThat(header.length()).isLessThanOrEqualTo(length));
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).as("seed %d round %d", seed, i).contains("PROXY");
            }
        }
    }
}
