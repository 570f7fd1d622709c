// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

final class PressureTest {
    private final FakeClock clock = new FakeClock();
    private final Pressure pressure = new Pressure(PressureConfig.defaults(), 10, 20, Duration.ofSeconds(60), clock);
    private final Deque<Long> working = new ArrayDeque<>();

    private void begin(int mails) {
        for (int i = 0; i < mails; i++) {
            working.add(pressure.began());
        }
    }

    private void end(int mails, Duration judged, Duration stored) {
        for (int i = 0; i < mails; i++) {
            pressure.judgedIn(judged.toNanos());
            pressure.storedIn(stored.toNanos());
            pressure.ended(working.remove());
        }
    }

    @Test
    void an_idle_front_takes_mail() {
        assertThat(pressure.tooMuch(false)).isFalse();
        assertThat(pressure.expected()).isZero();
    }

    @Test
    void fast_collaborators_are_no_pressure_however_many_mails_there_are() {
        for (int i = 0; i < 100; i++) {
            begin(10);
            clock.pass(Duration.ofMillis(50));
            end(10, Duration.ofMillis(40), Duration.ofMillis(10));
        }
        begin(10);
        for (int i = 0; i < 500; i++) {
            pressure.arriving();
        }
        assertThat(pressure.tooMuch(false)).isFalse();
        assertThat(pressure.expected()).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void a_slow_store_is_foreseen_before_its_mails_are_late() {
        for (int i = 0; i < 20; i++) {
            begin(4);
            clock.pass(Duration.ofSeconds(50));
            end(4, Duration.ofSeconds(1), Duration.ofSeconds(49));
        }
        begin(4);
        assertThat(pressure.expected()).isBetween(Duration.ofSeconds(49), Duration.ofSeconds(52));
        assertThat(pressure.tooMuch(false)).isTrue();
        assertThat(pressure.tooMuch(true)).as("a user has the whole deadline").isFalse();
    }

    @Test
    void what_hangs_is_seen_without_a_single_answer() {
        begin(4);
        clock.pass(Duration.ofSeconds(20));
        assertThat(pressure.tooMuch(false)).isFalse();
        clock.pass(Duration.ofSeconds(3));
        assertThat(pressure.tooMuch(false)).isTrue();
        assertThat(pressure.tooMuch(true)).isFalse();
        clock.pass(Duration.ofSeconds(8));
        assertThat(pressure.tooMuch(true)).isTrue();
    }

    @Test
    void a_queue_that_would_take_too_long_is_not_made_longer() {
        for (int i = 0; i < 50; i++) {
            begin(8);
            clock.pass(Duration.ofSeconds(8));
            end(8, Duration.ofSeconds(8), Duration.ZERO);
        }
        begin(8);
        int taken = 0;
        while (!pressure.tooMuch(false)) {
            pressure.arriving();
            taken++;
        }
        // Eight seconds each at eight at once: one a second, and nobody waits longer than a quarter of 60 s.
        assertThat(taken).isBetween(13, 16);
    }

    @Test
    void the_front_opens_again_when_a_few_mails_went_well() {
        for (int i = 0; i < 20; i++) {
            begin(4);
            clock.pass(Duration.ofSeconds(58));
            end(4, Duration.ofSeconds(58), Duration.ZERO);
        }
        begin(2);
        assertThat(pressure.tooMuch(false)).isTrue();
        int probes = 0;
        end(2, Duration.ofMillis(10), Duration.ofMillis(10));
        while (pressure.expected().compareTo(Duration.ofSeconds(45)) > 0) {
            assertThat(pressure.tooMuch(false)).as("one mail is always taken").isFalse();
            begin(1);
            clock.pass(Duration.ofMillis(20));
            end(1, Duration.ofMillis(10), Duration.ofMillis(10));
            probes++;
        }
        assertThat(probes).isLessThan(30);
        begin(4);
        assertThat(pressure.tooMuch(false)).isFalse();
    }

    @Test
    void a_farm_without_adaption_only_counts_places() {
        Pressure plain = new Pressure(new PressureConfig(false, 75, 20), 10, 20, Duration.ofSeconds(60), clock);
        for (int i = 0; i < 8; i++) {
            assertThat(plain.tooMuch(false)).isFalse();
            plain.began();
        }
        clock.pass(Duration.ofMinutes(1));
        assertThat(plain.tooMuch(false)).isTrue();
        assertThat(plain.tooMuch(true)).isFalse();
    }
}
