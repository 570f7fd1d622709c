// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class IdleWatchTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final FakeConversation conversation = new FakeConversation();
    private boolean working;
    private int timedOut;

    private final IdleWatch watch =
            new IdleWatch(channel, conversation, Duration.ofHours(1), () -> working, () -> timedOut++);

    @BeforeEach
    void freeze() {
        channel.freezeTime();
        watch.start();
    }

    private void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            conversation.silent = conversation.silent.plusSeconds(1);
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    @Test
    void a_silent_client_is_told_after_the_time_it_has_and_cut_off_soon_after() {
        pass(Duration.ofSeconds(299));
        assertThat(timedOut).isZero();
        pass(Duration.ofSeconds(2));
        assertThat(timedOut).isEqualTo(1);
        assertThat(channel.isActive()).isTrue();
        pass(Duration.ofSeconds(11));
        assertThat(channel.isActive()).isFalse();
        assertThat(timedOut).isEqualTo(1);
    }

    @Test
    void less_patience_counts_within_half_a_minute() {
        pass(Duration.ofSeconds(10));
        conversation.patience = Duration.ofSeconds(10);
        pass(Duration.ofSeconds(31));
        assertThat(timedOut).isEqualTo(1);
    }

    @Test
    void a_client_that_waits_for_us_is_not_silent() {
        working = true;
        pass(Duration.ofMinutes(20));
        assertThat(timedOut).isZero();
        working = false;
        pass(Duration.ofSeconds(31));
        assertThat(timedOut).isEqualTo(1);
    }

    @Test
    void a_client_that_is_never_silent_is_told_when_the_whole_session_has_taken_too_long() {
        for (int second = 0; second < 3599; second++) {
            conversation.silent = Duration.ZERO;
            pass(Duration.ofSeconds(1));
        }
        assertThat(timedOut).isZero();
        conversation.silent = Duration.ZERO;
        pass(Duration.ofSeconds(2));
        assertThat(timedOut).isEqualTo(1);
        pass(Duration.ofSeconds(11));
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void a_client_that_never_pauses_is_told_too_and_what_is_under_way_may_end() {
        working = true;
        pass(Duration.ofMinutes(59));
        assertThat(timedOut).isZero();
        pass(Duration.ofMinutes(2));
        assertThat(timedOut).isPositive();
        assertThat(channel.isActive()).isTrue();
        working = false;
        pass(Duration.ofSeconds(41));
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void nothing_happens_after_the_end() {
        watch.stop();
        pass(Duration.ofMinutes(10));
        assertThat(timedOut).isZero();
    }
}
