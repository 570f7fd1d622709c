// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InboxTest {
    private final Inbox inbox = new Inbox();

    private void add(int octets) {
        inbox.add(Unpooled.wrappedBuffer(new byte[octets]));
    }

    private List<Object> taken(boolean octetsToo) {
        List<Object> taken = new ArrayList<>();
        for (Object next = inbox.nextOrRest(octetsToo); next != null; next = inbox.nextOrRest(octetsToo)) {
            taken.add(next instanceof ByteBuf chunk ? chunk.readableBytes() : next);
        }
        return taken;
    }

    @Test
    void a_client_that_never_pauses_does_not_outrun_a_signal() {
        add(1);
        add(2);
        inbox.add(Inbox.Signal.DRAIN);
        inbox.add(Inbox.Signal.TIMED_OUT);
        assertThat(taken(true)).containsExactly(Inbox.Signal.TIMED_OUT, Inbox.Signal.DRAIN, 1, 2);
    }

    @Test
    void what_was_sent_before_the_end_comes_before_the_end_also_where_nobody_was_read_from() {
        add(1);
        assertThat(taken(false)).isEmpty();
        inbox.add(Inbox.Signal.CLOSED);
        add(2);
        assertThat(taken(false)).containsExactly(1, 2, Inbox.Signal.CLOSED);
    }

    @Test
    void exactly_one_of_those_who_put_something_in_starts_the_worker() {
        assertThat(inbox.add(Inbox.Signal.OPENED)).isTrue();
        assertThat(inbox.add(Inbox.Signal.DRAIN)).isFalse();
        assertThat(inbox.add(Unpooled.wrappedBuffer(new byte[1]))).isFalse();
        assertThat(inbox.working()).isTrue();
        assertThat(taken(true)).hasSize(3);
        assertThat(inbox.working()).isFalse();
        assertThat(inbox.wake()).as("nothing is there").isFalse();
        assertThat(inbox.add(Unpooled.wrappedBuffer(new byte[1]))).isTrue();
    }

    @Test
    void a_worker_that_finds_nothing_may_stay_the_worker() {
        inbox.add(Inbox.Signal.OPENED);
        assertThat(inbox.next(true)).isEqualTo(Inbox.Signal.OPENED);
        assertThat(inbox.next(true)).isNull();
        assertThat(inbox.working()).isTrue();
        assertThat(inbox.add(Inbox.Signal.CLOSED)).isFalse();
        assertThat(taken(true)).containsExactly(Inbox.Signal.CLOSED);
    }

    @Test
    void it_is_full_above_its_bound_and_has_room_again_below_half_of_it() {
        add(Inbox.OCTETS_MAX);
        assertThat(inbox.full()).isFalse();
        add(Inbox.OCTETS_MAX / 2);
        assertThat(inbox.full()).isTrue();
        assertThat(inbox.next(true)).isNotNull();
        assertThat(inbox.full()).isFalse();
        assertThat(inbox.hasRoomAgain()).isTrue();
        assertThat(inbox.received()).as("ever").isEqualTo(Inbox.OCTETS_MAX * 3L / 2);
    }

    @Test
    void what_comes_after_the_end_is_given_back() {
        ByteBuf waiting = Unpooled.buffer().writeZero(10);
        inbox.add(waiting);
        inbox.refuse();
        ByteBuf late = Unpooled.buffer().writeZero(10);
        assertThat(inbox.add(late)).isFalse();
        assertThat(waiting.refCnt()).isZero();
        assertThat(late.refCnt()).isZero();
        assertThat(taken(true)).isEmpty();
    }
}
