// SPDX-License-Identifier: Apache-2.0
package org.postern.core.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;

class HandoffIdTest {
    @Test
    void create_manyIds_areDistinctAndSortByTime() {
        Set<TransactionId> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            ids.add(TransactionId.create(1_800_000_000_000L));
        }
        assertThat(ids).hasSize(10_000);
        assertThat(TransactionId.create(1_800_000_000_000L).text())
                .isLessThan(TransactionId.create(1_800_000_000_001L).text());
    }

    @Test
    void parse_writtenForm_roundTrips() {
        HandoffId id = new HandoffId("mx-1", TransactionId.create(0));
        assertThat(HandoffId.parse(id.toString())).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mx1",
                "mx1.",
                "MX1.01arz3ndektsv4rrffq69g5fav",
                "mx1.01arz3ndektsv4rrffq69g5fa/",
                "mx1.01arz3ndektsv4rrffq69g5fai",
                "mx1.01arz3ndektsv4rrffq69g5faé",
                "mx1.81arz3ndektsv4rrffq69g5fav",
                "mx1.01arz3ndektsv4rrffq69g5fa",
                "mx1.01arz3ndektsv4rrffq69g5favv",
                "-mx1.01arz3ndektsv4rrffq69g5fav",
                "mx1-.01arz3ndektsv4rrffq69g5fav",
                "mxé.01arz3ndektsv4rrffq69g5fav",
                ".01arz3ndektsv4rrffq69g5fav",
                "a123456789012345678901234567890123456789012345678901234567890123.01arz3ndektsv4rrffq69g5fav",
                "../x.01arz3ndektsv4rrffq69g5fav"
            })
    void parse_whatIsNoId_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HandoffId.parse(text));
    }

    @Test
    void parse_longestAndShortestFront_areTaken() {
        for (String front : List.of("a", "0", "a-1", "a".repeat(63))) {
            assertThat(HandoffId.parse(front + ".7zzzzzzzzzzzzzzzzzzzzzzzzz").front())
                    .isEqualTo(front);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "g000000000000000000000000000000000000000000000000000000000000000",
                "A000000000000000000000000000000000000000000000000000000000000000"
            })
    void dedupKey_thatIsNoHash_isRefused(String hex) {
        assertThatIllegalArgumentException().isThrownBy(() -> new DedupKey(hex));
    }

    @Test
    void dedupKey_orderOfRecipients_doesNotMatter() {
        byte[] content = new byte[32];
        assertThat(key("a@example.org", List.of("x@example.org", "y@example.org"), content))
                .isEqualTo(key("a@example.org", List.of("y@example.org", "x@example.org"), content))
                .isNotEqualTo(key("a@example.org", List.of("x@example.org"), content))
                .isNotEqualTo(key("", List.of("x@example.org", "y@example.org"), content));
        byte[] other = content.clone();
        other[31] = 1;
        assertThat(key("a@example.org", List.of("x@example.org"), content))
                .isNotEqualTo(key("a@example.org", List.of("x@example.org"), other));
    }

    private static DedupKey key(String sender, List<String> recipients, byte[] contentSha256) {
        Stream<ForwardPath> paths = recipients.stream().map(ForwardPath::parse);
        return DedupKey.of(Envelope.of(ReversePath.parse(sender), paths.toList()), contentSha256);
    }
}
