// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.Mails;

/// How a slow disk is told on.
class PlacesTest {
    private static void accept(Intake intake, int number) {
        HandoffId id = Mails.newId();
        byte[] octets = new byte[100 + number];
        assertThat(intake.<RuntimeException>take(
                        SpoolStoreContract.submission(id, octets),
                        Mails.soon(),
                        "test",
                        put -> put.write(octets, 0, octets.length)))
                .isEqualTo(new SpoolStore.Commit.Accepted(false, id));
    }

    @Test
    void slowDisk_isTold_andForgottenWhenItIsFastAgain() {
        CrashDisk disk = new CrashDisk();
        try (FileSpool spool = FileSpool.open(PowerCutTest.config(), InstantSource.system(), disk)) {
            Intake intake = new Intake(spool, 4, new SimpleMeterRegistry());
            assertThat(intake.slowness()).isZero();
            disk.delaySyncs(600);
            accept(intake, 0);
            assertThat(intake.slowness()).as("1.2 s a commit").isEqualTo(2);
            disk.delaySyncs(0);
            for (int i = 1; i < 30; i++) {
                accept(intake, i);
            }
            assertThat(intake.slowness()).isZero();
        }
    }
}
