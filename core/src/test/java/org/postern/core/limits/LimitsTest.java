// SPDX-License-Identifier: Apache-2.0
package org.postern.core.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
    @Test
    void deadline_asTimePasses_neverMovesAndNeverGoesNegative() {
        AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10); // System.nanoTime may overflow
        Deadline deadline = Deadline.in(Duration.ofMillis(5), clock::get);
        assertThat(deadline.remainingMillis()).isEqualTo(5);
        clock.addAndGet(4_000_001);
        assertThat(deadline.remainingMillis()).isEqualTo(1);
        assertThat(deadline.expired()).isFalse();
        clock.addAndGet(1_000_000);
        assertThat(deadline.expired()).isTrue();
        assertThat(deadline.remainingNanos()).isZero();
    }

    @Test
    void deadline_withinAndKeeping_takeTheEarlier() {
        AtomicLong clock = new AtomicLong();
        Deadline deadline = Deadline.in(Duration.ofSeconds(10), clock::get);
        assertThat(deadline.within(Duration.ofSeconds(3)).remaining()).isEqualTo(Duration.ofSeconds(3));
        assertThat(deadline.within(Duration.ofSeconds(30)).remaining()).isEqualTo(Duration.ofSeconds(10));
        assertThat(deadline.keeping(Duration.ofSeconds(4)).remaining()).isEqualTo(Duration.ofSeconds(6));
        assertThat(deadline.keeping(Duration.ofSeconds(40)).expired()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "7,7", "64KiB,65536", "64k,65536", "25MB,26214400", "25 MiB,26214400", "1G,1073741824"})
    void byteSize_writtenForm_isRead(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
        assertThat(ByteSize.parse(ByteSize.parse(text).toString()).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5MB", "64 apples", "MiB", "99999999999999999999"})
    void byteSize_whatIsNoSize_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse(text));
    }
}
