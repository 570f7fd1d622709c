// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
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
            new LimitsConfig(10, 10, ByteSize.ofMiB(1), ByteSize.ofKiB(16), 10, 512, 10, 10, 10);

    private static final String LONG = "x".repeat(9 * 1024);

    @TempDir
    private Path folder;

    private static MessageIntake intake(BareLineEnds policy, MessageMemory memory, Path folder) {
        return MessageIntake.data(LIMITS, policy, memory, folder, Instant.now());
    }

    private static void read(MessageIntake intake, String text) {
        byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
        intake.read(octets, 0, octets.length);
    }

    private static MessageIntake.Result.Complete complete(MessageIntake intake) {
        read(intake, "\r\n.\r\n");
        return (MessageIntake.Result.Complete) intake.result();
    }

    /// A message that was read to its end, and is more than the first octets.
    private MessageIntake.Result.Complete taken(MessageMemory memory) {
        try (MessageIntake intake = intake(BareLineEnds.REFUSE, memory, folder)) {
            read(intake, LONG);
            return complete(intake);
        }
    }

    @Test
    void a_message_that_finds_no_memory_left_goes_to_a_file_and_each_part_is_given_back_once() {
        MessageMemory memory = new MessageMemory(1);
        byte[] more = LONG.getBytes(StandardCharsets.US_ASCII);
        try (MessageIntake small = intake(BareLineEnds.REFUSE, memory, folder)) {
            read(small, "x");
            assertThat(memory.taken()).as("few octets take no part").isZero();
        }
        try (MessageIntake.Result.Complete first = taken(memory)) {
            assertThat(memory.taken()).as("it is still to be read").isEqualTo(1);
            try (MessageIntake second = intake(BareLineEnds.REFUSE, memory, folder)) {
                assertThat(second.goesOnInMemory(more)).isFalse();
                read(second, LONG);
                assertThat(second.goesOnInMemory(new byte[] {'x'}))
                        .as("it stays in its file")
                        .isFalse();
                try (MessageIntake.Result.Complete whole = complete(second)) {
                    assertThat(whole.content().size()).isEqualTo(LONG.length() + 2);
                }
            }
            assertThat(first.content().size()).isEqualTo(LONG.length() + 2);
        }
        assertThat(memory.taken()).isZero();
        try (MessageIntake third = intake(BareLineEnds.REFUSE, memory, folder)) {
            assertThat(third.goesOnInMemory(more)).isTrue();
        }
        assertThat(memory.taken()).isZero();
    }

    @Test
    void a_message_that_comes_to_nothing_gives_its_part_back() {
        MessageMemory memory = new MessageMemory(1);
        try (MessageIntake broken = intake(BareLineEnds.REFUSE, memory, folder)) {
            read(broken, "x".repeat(10 * 1024));
            assertThat(memory.taken()).isEqualTo(1);
        }
        assertThat(memory.taken()).isZero();
        try (MessageIntake tooLarge = intake(BareLineEnds.REFUSE, memory, folder)) {
            read(tooLarge, "x".repeat(10 * 1024));
            read(tooLarge, "x".repeat(1024 * 1024));
            assertThat(memory.taken()).as("nothing of it is kept any more").isZero();
        }
        assertThat(memory.taken()).isZero();
    }

    @Test
    void what_is_said_to_stay_in_memory_stays_there_however_it_is_normalised() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int said = 0;
        for (int round = 0; round < 300; round++) {
            BareLineEnds policy = round % 2 == 0 ? BareLineEnds.REFUSE : BareLineEnds.NORMALISE;
            try (MessageIntake intake = intake(policy, new MessageMemory(round % 3 == 0 ? 0 : 1), folder)) {
                for (int i = 0; i < 100 && !intake.ended(); i++) {
                    byte[] piece = piece(random);
                    boolean inMemory = intake.goesOnInMemory(piece);
                    intake.read(piece, 0, piece.length);
                    if (inMemory) {
                        said++;
                        assertThat(intake.ended()).as("seed " + seed).isFalse();
                        assertThat(intake.size()).as("seed " + seed).isLessThanOrEqualTo(16 * 1024);
                    }
                }
            }
        }
        assertThat(said).isGreaterThan(300);
    }

    @Test
    void what_is_too_large_is_refused_for_good_also_where_it_could_not_be_kept() {
        byte[] half = new byte[512 * 1024 + 1];
        try (MessageIntake intake = intake(BareLineEnds.REFUSE, new MessageMemory(1), folder.resolve("nowhere"))) {
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
