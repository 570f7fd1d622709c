// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When mail is taken in, by the room on the disk.
class IntakeGateTest {
    @TempDir
    private Path temp;

    /// A disk whose room the test sets; time passes with every look.
    private static final class Room implements IntakeGate.FreeSpace {
        private long bytes = 1000;
        private OptionalLong files = OptionalLong.of(50);
        private boolean readOnly;
        private long now;

        IntakeGate gate() {
            return new IntakeGate(
                    this, 1000, 50, () -> now += Duration.ofSeconds(1).toNanos());
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public boolean readOnly() {
            return readOnly;
        }

        @Override
        public OptionalLong files() {
            return files;
        }
    }

    @Test
    void gate_opensAgainOnlyWithATenthMoreThanTheMinimum_andNeverAfterAFailedSync() {
        Room room = new Room();
        IntakeGate gate = room.gate();
        assertThat(gate.health().ok()).isTrue();
        room.bytes = 999;
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.FULL);
        room.bytes = 1050;
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.FULL);
        room.bytes = 1100;
        // Files have the same hysteresis: 55 open the gate again.
        room.files = OptionalLong.of(54);
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.FULL);
        room.files = OptionalLong.of(55);
        assertThat(gate.health().ok()).isTrue();
        gate.syncFailed(new IOException("EIO"));
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.READ_ONLY);
        room.bytes = 1 << 30;
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.READ_ONLY);
    }

    @Test
    void gate_looksForAReadOnlyDiskAfterAFailedWrite_andStaysClosedThen() {
        Room room = new Room();
        IntakeGate gate = room.gate();
        gate.writeFailed();
        assertThat(gate.health().ok()).isTrue();
        room.readOnly = true;
        assertThat(gate.health().ok()).as("nothing failed since").isTrue();
        gate.writeFailed();
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.READ_ONLY);
        room.readOnly = false;
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.READ_ONLY);
    }

    @Test
    void gate_closesWhenNoMoreFilesCanBeMade_andNotWhereThereIsNoBound() {
        Room room = new Room();
        room.bytes = 2000;
        IntakeGate gate = room.gate();
        assertThat(gate.health().ok()).isTrue();
        room.files = OptionalLong.of(49);
        assertThat(gate.health().state()).isEqualTo(SpoolHealth.State.FULL);
        assertThat(gate.health().detail()).contains("49 files");
        room.files = OptionalLong.empty();
        assertThat(gate.health().ok()).isTrue();
    }

    @Test
    void freeFiles_areWhatTheSystemSays() throws Exception {
        Process df = new ProcessBuilder("df", "--output=iavail", temp.toString()).start();
        String said = new String(df.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow()
                .strip();
        OptionalLong free = new RealDisk().freeFiles(temp);
        if (said.matches("[1-9][0-9]*")) {
            // Other processes make and delete files meanwhile.
            assertThat(free.orElseThrow())
                    .isCloseTo(Long.parseLong(said), org.assertj.core.data.Percentage.withPercentage(5));
        } else {
            assertThat(free).isEmpty();
        }
    }
}
