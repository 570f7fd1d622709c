// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PaceTest {
    private final FakeClock clock = new FakeClock();
    private final Pace pace = new Pace(500, clock);

    @Test
    void a_client_at_the_minimum_rate_is_never_silent() {
        for (int i = 0; i < 1000; i++) {
            clock.pass(Duration.ofSeconds(1));
            pace.heard(500);
        }
        assertThat(pace.silent()).isZero();
    }

    @Test
    void an_octet_now_and_then_counts_as_silence() {
        for (int i = 0; i < 18; i++) {
            clock.pass(Duration.ofSeconds(10));
            pace.heard(1);
        }
        assertThat(pace.silent()).isBetween(Duration.ofSeconds(179), Duration.ofSeconds(180));
    }

    @Test
    void a_burst_saves_up_nothing() {
        pace.heard(50_000_000);
        clock.pass(Duration.ofSeconds(60));
        assertThat(pace.silent()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void pauses_are_made_good_by_what_follows() {
        clock.pass(Duration.ofSeconds(60));
        pace.heard(20_000);
        assertThat(pace.silent()).isEqualTo(Duration.ofSeconds(20));
        pace.heard(10_000);
        assertThat(pace.silent()).isZero();
    }

    @Test
    void a_command_makes_fresh() {
        clock.pass(Duration.ofSeconds(60));
        pace.fresh();
        assertThat(pace.silent()).isZero();
    }

    @Test
    void without_a_minimum_any_octet_ends_the_silence() {
        Pace free = new Pace(0, clock);
        clock.pass(Duration.ofSeconds(60));
        free.heard(1);
        assertThat(free.silent()).isZero();
    }
}
