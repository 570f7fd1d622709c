// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postern.smtpfront.Mutations;

final class ProxyHeaderFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void no_octets_do_more_than_be_refused(byte[] octets) {
        check(octets);
    }

    @Test
    void no_change_of_the_corpus_does_more_than_be_refused() throws IOException {
        Mutations.of(ProxyHeaderFuzzTest.class, "no_octets_do_more_than_be_refused", ProxyHeaderFuzzTest::check);
    }

    private static void check(byte[] octets) {
        Optional<ProxyHeader> whole = read(octets, octets.length);
        if (whole.isEmpty()) {
            return;
        }
        ProxyHeader header = whole.get();
        assertThat(header.length()).isBetween(1, octets.length);
        assertThat(header.source().map(source -> source.isUnresolved())).isNotEqualTo(Optional.of(true));
        header.tls().ifPresent(tls -> assertThat(tls.toString()).matches("[ -~]*"));
        // Nothing behind the header matters, and nothing less is one.
        assertThat(read(Arrays.copyOf(octets, header.length()), header.length()))
                .isEqualTo(whole);
        for (int cut = 0; cut < header.length(); cut++) {
            assertThat(ProxyHeader.read(octets, cut)).isEmpty();
        }
    }

    private static Optional<ProxyHeader> read(byte[] octets, int length) {
        try {
            return ProxyHeader.read(octets, length);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("PROXY");
            return Optional.empty();
        }
    }
}
