// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.Mails;

/// The bound of what is remembered, without a disk.
class DedupMemoryTest {
    private static final int MOST = 1_600;

    private final DedupMemory memory = new DedupMemory(Duration.ofHours(24), Duration.ofDays(7), MOST);
    private Instant now = Instant.parse("2026-05-01T10:30:00Z");

    private static Fingerprint print(int number) {
        return Fingerprint.of(
                SpoolStoreContract.submission(Mails.newId(), ("mail " + number).getBytes(StandardCharsets.US_ASCII))
                        .dedupKey());
    }

    private HandoffId learn(LogRecord.Type type, HandoffId id, Fingerprint print) {
        memory.learn(new LogRecord(type, now.toEpochMilli(), id, print, LogRecord.noHash()));
        return id;
    }

    private HandoffId finish() {
        return learn(LogRecord.Type.COMPLETE, Mails.newId(), LogRecord.NO_FINGERPRINT);
    }

    @Test
    void finishedIds_beyondTheBound_areForgottenOldestFirst_aPartAtATime() {
        memory.allFound();
        HandoffId first = finish();
        now = now.plus(Duration.ofHours(1));
        for (int i = 1; i < MOST - 1; i++) {
            finish();
            now = now.plusSeconds(1);
        }
        assertThat(memory.hasRoom(now)).isTrue();
        HandoffId last = finish();
        assertThat(memory.remembered()).isEqualTo(new SpoolStore.Remembered(MOST, MOST, 0));
        assertThat(memory.hasRoom(now)).isTrue();
        assertThat(memory.finished(first)).isEmpty();
        assertThat(memory.finished(last)).isPresent();
        assertThat(memory.remembered().forgotten()).isBetween(MOST / 16L, MOST / 8L);
        assertThat(memory.remembered().count())
                .isEqualTo(MOST - memory.remembered().forgotten());
    }

    @Test
    void whatWasFinishedInTheLastMinutes_isNotForgotten_andThereIsNoRoomUntilThen() {
        memory.allFound();
        HandoffId first = finish();
        for (int i = 1; i < MOST; i++) {
            finish();
        }
        now = now.plus(FinishedIds.FOR_LEAST);
        assertThat(memory.hasRoom(now)).isFalse();
        assertThat(memory.finished(first)).isPresent();
        now = now.plusMillis(1);
        assertThat(memory.hasRoom(now)).isTrue();
        assertThat(memory.finished(first)).isEmpty();
    }

    @Test
    void unprovenMails_andWhatIsTheSameAsOne_areNeverForgottenEarly_andAProofMakesRoom() {
        memory.allFound();
        for (int i = 0; i < MOST - 1; i++) {
            learn(LogRecord.Type.ACCEPTED, Mails.newId(), print(i));
        }
        assertThat(memory.hasRoom(now)).isTrue();
        HandoffId same = learn(LogRecord.Type.SAME_AS, Mails.newId(), print(0));
        now = now.plus(Duration.ofDays(6));
        memory.expire(now);
        assertThat(memory.hasRoom(now)).isFalse();
        assertThat(memory.unproven(print(0))).isPresent();
        learn(LogRecord.Type.PROVEN, same, LogRecord.NO_FINGERPRINT);
        assertThat(memory.unproven(print(0))).isEmpty();
        assertThat(memory.hasRoom(now)).isTrue();
        now = now.plus(Duration.ofDays(2));
        memory.expire(now);
        assertThat(memory.remembered().count()).isZero();
    }

    @Test
    void logWithMoreThanThereIsRoomFor_isLearntFromItsEnd_howeverLongAgoThatWas() {
        HandoffId last = finish();
        for (int i = 1; i < 10 * MOST; i++) {
            now = now.plusSeconds(2);
            last = finish();
            assertThat(memory.remembered().count()).isLessThanOrEqualTo(MOST);
        }
        // Until the files are found a mail that was finished before the power went may be there again.
        HandoffId[] newest = {last};
        now = now.plus(Duration.ofDays(1));
        while (memory.remembered().count() < MOST) {
            learn(LogRecord.Type.ACCEPTED, Mails.newId(), print((int)
                    memory.remembered().count()));
        }
        assertThat(memory.hasRoom(now)).isTrue();
        assertThat(memory.finished(newest[0])).isPresent();
    }

    @Test
    void clockThatWasPutBack_forgetsNothingEarlier() {
        memory.allFound();
        now = now.plus(Duration.ofHours(1));
        for (int i = 0; i < MOST; i++) {
            finish();
        }
        now = now.minus(Duration.ofHours(1));
        assertThat(memory.hasRoom(now)).isFalse();
        assertThat(memory.remembered().forgotten()).isZero();
    }

    @Test
    void alarm_comesBeforeTheBound_andOnceForEachThingThatIsWorse() {
        MemoryAlarm alarm = new MemoryAlarm();
        alarm.look(new SpoolStore.Remembered(79, 100, 0));
        assertThat(alarm.said()).isEqualTo(MemoryAlarm.Level.ROOM);
        alarm.look(new SpoolStore.Remembered(80, 100, 0));
        assertThat(alarm.said()).isEqualTo(MemoryAlarm.Level.FILLING);
        alarm.look(new SpoolStore.Remembered(75, 100, 0));
        assertThat(alarm.said()).isEqualTo(MemoryAlarm.Level.FILLING);
        alarm.look(new SpoolStore.Remembered(94, 100, 6));
        assertThat(alarm.said()).isEqualTo(MemoryAlarm.Level.FORGETTING);
        alarm.look(new SpoolStore.Remembered(100, 100, 6));
        assertThat(alarm.said()).isEqualTo(MemoryAlarm.Level.FULL);
        alarm.look(new SpoolStore.Remembered(69, 100, 6));
        assertThat(alarm.said()).isEqualTo(MemoryAlarm.Level.ROOM);
        alarm.look(new SpoolStore.Remembered(85, 100, 6));
        assertThat(alarm.said()).isEqualTo(MemoryAlarm.Level.FILLING);
    }
}
