// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.mail.MailAddress;

class AnsweredSendersTest {
    private static final MailAddress ALICE = MailAddress.parse("alice@example.org");
    private static final MailAddress BOB = MailAddress.parse("bob@example.net");

    @TempDir
    private Path folder;

    private Instant now = Instant.parse("2026-05-01T10:30:00Z");

    private AnsweredSenders open() {
        return new AnsweredSenders(folder.resolve("replies"), () -> now);
    }

    private static void answer(AnsweredSenders senders, MailAddress account, MailAddress sender) {
        assertThat(senders.enter(account, sender)).isTrue();
        senders.keep(account, sender);
    }

    @Test
    void sender_isAnsweredOnceAWeekByEachAccount_overRestarts() {
        answer(open(), ALICE, BOB);
        now = now.plus(Duration.ofDays(6));
        AnsweredSenders again = open();
        assertThat(again.enter(ALICE, MailAddress.parse("Bob@Example.NET"))).isFalse();
        answer(again, BOB, ALICE);
        now = now.plus(Duration.ofHours(25));
        assertThat(again.enter(ALICE, BOB)).isTrue();
        again.leave(ALICE, BOB);
        assertThat(again.enter(ALICE, BOB)).isTrue();
        AnsweredSenders later = open();
        assertThat(later.enter(ALICE, BOB)).as("nothing was kept of it").isTrue();
        assertThat(later.enter(BOB, ALICE)).isFalse();
    }

    @Test
    void file_thatIsTornOrDamaged_forgetsTheLinesThatAre_andSaysWhoWritesToNobody() throws IOException {
        AnsweredSenders senders = open();
        answer(senders, ALICE, BOB);
        answer(senders, BOB, ALICE);
        Path file = folder.resolve("replies");
        String text = Files.readString(file);
        assertThat(text).doesNotContain("alice", "bob");
        Files.writeString(file, "99999999999999 what\n\0\0\0\n" + text.substring(0, text.length() - 3));
        AnsweredSenders again = open();
        assertThat(again.enter(ALICE, BOB)).isFalse();
        assertThat(again.enter(BOB, ALICE)).isTrue();
    }

    @Test
    void file_isWrittenAgain_whereMostOfItSaysNothing() throws IOException {
        AnsweredSenders senders = open();
        answer(senders, ALICE, BOB);
        Path file = folder.resolve("replies");
        Files.writeString(
                file,
                ("1 " + "0".repeat(64) + "\n").repeat(2000),
                StandardCharsets.US_ASCII,
                StandardOpenOption.APPEND);
        assertThat(open().enter(ALICE, BOB)).isFalse();
        assertThat(Files.readAllLines(file)).hasSize(1);
    }

    @Test
    void file_thatCannotBeWritten_keepsNobodyFromBeingAnswered() throws IOException {
        Files.createDirectory(folder.resolve("replies"));
        AnsweredSenders senders = open();
        answer(senders, ALICE, BOB);
        assertThat(senders.enter(ALICE, BOB)).isFalse();
    }
}
