// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.limits.ByteSize;
import org.postern.smtpfront.BareLineEnds;
import org.postern.smtpfront.LimitsConfig;

final class MessageIntakeTest {
    private static final LimitsConfig LIMITS =
            new LimitsConfig(10, 10, ByteSize.ofMiB(1), ByteSize.ofKiB(1), 10, 512, 10, 10, 10);

    @TempDir
    private Path folder;

    @Test
    void what_is_said_to_stay_in_memory_stays_there_however_it_is_normalised() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int said = 0;
        for (int round = 0; round < 300; round++) {
            BareLineEnds policy = round % 2 == 0 ? BareLineEnds.REFUSE : BareLineEnds.NORMALISE;
            try (MessageIntake intake = MessageIntake.data(LIMITS, policy, folder, Instant.now())) {
                for (int i = 0; i < 20 && !intake.ended(); i++) {
                    byte[] piece = piece(random);
                    boolean inMemory = intake.goesOnInMemory(piece);
                    intake.read(piece, 0, piece.length);
                    if (inMemory) {
                        said++;
                        assertThat(intake.ended()).as("seed " + seed).isFalse();
                        assertThat(intake.size()).as("seed " + seed).isLessThanOrEqualTo(1024);
                    }
                }
            }
        }
        assertThat(said).isGreaterThan(300);
    }

    @Test
    void what_is_too_large_is_refused_for_good_also_where_it_could_not_be_kept() {
        byte[] half = new byte[512 * 1024 + 1];
        try (MessageIntake intake =
                MessageIntake.data(LIMITS, BareLineEnds.REFUSE, folder.resolve("nowhere"), Instant.now())) {
            intake.read(half, 0, half.length);
            assertThat(intake.result()).isInstanceOf(MessageIntake.Result.Unkept.class);
            intake.read(half, 0, half.length);
            assertThat(intake.result()).isInstanceOf(MessageIntake.Result.TooLarge.class);
        }
    }

    private static byte[] piece(Random random) {
        byte[] piece = new byte[1 + random.nextInt(200)];
        for (int i = 0; i < piece.length; i++) {
            piece[i] = (byte) (random.nextInt(100) == 0 ? '.' : "xx\n\n\n\r".charAt(random.nextInt(6)));
        }
        return piece;
    }
}
