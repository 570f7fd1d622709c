// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.core.limits.Deadline;

class ProberTest {
    /// As one whose socket is closed by an interrupt: it thinks that the backend is dead.
    private static final class Interrupted implements Backend {
        @Override
        public String name() {
            return "a";
        }

        @Override
        public Probe probe(boolean seenUp, Deadline deadline) {
            Thread.currentThread().interrupt();
            return new Probe(BackendState.DEAD, "no connection within 5000 ms");
        }
    }

    @Test
    void probe_thatIsBrokenOffAtTheEnd_saysNothingOfTheBackend() {
        PoolConfig config = new PoolConfig(1, 2, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(1));
        Roster<Interrupted> roster = new Roster<>("fake", List.of(new Interrupted()), config);
        Slot<Interrupted> slot = roster.slots().getFirst();

        new Prober<>(roster, slot, config, new PoolMeters("fake", new SimpleMeterRegistry())).run();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(roster.status(slot).state()).isEqualTo(BackendState.UNKNOWN);
    }
}
