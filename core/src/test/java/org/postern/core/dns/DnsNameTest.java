// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DnsNameTest {
    @Test
    void of_anyCaseAndFinalDot_isCanonical() {
        assertThat(DnsName.of("Mail.Example.ORG.")).contains(new DnsName("mail.example.org"));
    }

    @Test
    void of_textThatIsNoName_isEmpty() {
        for (String text : new String[] {"", ".", "a..b", ".a", "a\tb", "ä.example", "x".repeat(64) + ".org"}) {
            assertThat(DnsName.of(text)).as(text).isEmpty();
        }
        assertThat(DnsName.of(("x".repeat(63) + ".").repeat(4))).isEmpty();
        assertThat(DnsName.of("x".repeat(63) + ".org")).isPresent();
    }

    @Test
    void last_keepsThatManyLabels() {
        DnsName name = new DnsName("a.mail.example.org");
        assertThat(name.last(2)).isEqualTo(new DnsName("example.org"));
        assertThat(name.last(9)).isEqualTo(name);
        assertThat(name.last(0)).isEqualTo(DnsName.ROOT);
    }

    @Test
    void isWithin_comparesWholeLabels() {
        assertThat(new DnsName("a.example.org").isWithin(new DnsName("example.org")))
                .isTrue();
        assertThat(new DnsName("aexample.org").isWithin(new DnsName("example.org")))
                .isFalse();
    }

    @Test
    void reverse_ofBothFamilies_isAsTheStandardsShowIt() throws Exception {
        assertThat(DnsQuestion.reverse(InetAddress.getByName("192.0.2.5"))
                        .name()
                        .text())
                .isEqualTo("5.2.0.192.in-addr.arpa");
        assertThat(DnsQuestion.reverse(InetAddress.getByName("2001:db8::567:89ab"))
                        .name()
                        .text())
                .isEqualTo("b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    }

    @Test
    void toDnsjavaAndBack_ofRandomNames_isTheSameName() {
        long seed = System.nanoTime();
        System.err.println("DnsNameTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(1, 80);
            for (int j = 0; j < length; j++) {
                text.append((char) random.nextInt(0x18, 0x88));
            }
            DnsName.of(text.toString())
                    .ifPresent(name ->
                            assertThat(Names.fromDnsjava(Names.toDnsjava(name))).contains(name));
        }
    }
}
