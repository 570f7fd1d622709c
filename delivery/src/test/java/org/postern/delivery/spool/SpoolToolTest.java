// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.Mails;

class SpoolToolTest {
    private static final String TEXT = "Subject: x\r\n\r\n" + "hello ".repeat(300) + "\r\n";

    @TempDir
    private Path temp;

    private Path folder() {
        return temp.resolve("spool");
    }

    private FileSpool open() {
        FileSpool spool = FileSpool.open(SpoolChild.config(folder()), InstantSource.system());
        Mails.eventually(() -> spool.stats().scanned());
        return spool;
    }

    private HandoffId kept(FileSpool spool, String text) {
        HandoffId id = Mails.newId();
        assertThat(SpoolChild.accept(spool, id, text)).isInstanceOf(SpoolStore.Commit.Accepted.class);
        return id;
    }

    private static List<SpoolTool.Item> all(SpoolTool tool, boolean whole) throws IOException {
        List<SpoolTool.Item> items = new ArrayList<>();
        tool.each(whole, items::add);
        return items;
    }

    private static String cat(SpoolTool tool, SpoolTool.Item item) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        tool.cat(item, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static SpoolTool.Item only(SpoolTool tool, HandoffId id) throws IOException {
        assertThat(tool.find(id.toString())).hasSize(1);
        return tool.find(id.toString()).getFirst();
    }

    @Test
    void files_areListedAndShown_whileTheStoreRunsAndAfter() throws IOException {
        HandoffId one;
        HandoffId two;
        try (FileSpool spool = open()) {
            one = kept(spool, TEXT);
            two = kept(spool, TEXT + "2");
            assertThat(spool.hold(two)).isEqualTo(SpoolQueue.Change.DONE);
            SpoolTool tool = new SpoolTool(folder());
            assertThat(tool.inUse()).isTrue();
            assertThat(all(tool, true))
                    .hasSize(2)
                    .allSatisfy(item -> assertThat(item.problem()).isEmpty());
        }
        SpoolTool tool = new SpoolTool(folder());
        assertThat(tool.inUse()).isFalse();
        assertThat(cat(tool, only(tool, one))).isEqualTo(TEXT);
        assertThat(only(tool, two).mail().orElseThrow().state()).isEqualTo(SpoolQueue.State.HELD);
        assertThat(tool.find(only(tool, one).file().toString())).containsExactly(only(tool, one));
        assertThat(tool.damagedRecords()).isZero();
        assertThatThrownBy(() -> new SpoolTool(temp)).isInstanceOf(ConfigException.class);
    }

    @Test
    void damage_isFoundByReadingTheWholeFile_andTheRestIsSalvaged() throws IOException {
        HandoffId id;
        HandoffId headless;
        try (FileSpool spool = open()) {
            id = kept(spool, TEXT);
            headless = kept(spool, TEXT + "2");
        }
        SpoolTool tool = new SpoolTool(folder());
        Damage.flip(only(tool, id).file(), 700);
        Damage.flip(only(tool, headless).file(), 20);
        assertThat(only(tool, id).problem()).isEqualTo("the body's SHA-256 is wrong");
        List<SpoolTool.Item> items = all(tool, true);
        assertThat(items).extracting(SpoolTool.Item::problem).doesNotContain("");
        assertThatThrownBy(() -> cat(tool, only(tool, id))).isInstanceOf(DamagedMailException.class);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(tool.salvage(only(tool, id), out)).isEqualTo(TEXT.length());
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("Subject: x")
                .isNotEqualTo(TEXT);
        assertThat(only(tool, headless).mail()).isEmpty();
        assertThat(tool.salvage(only(tool, headless), out))
                .isEqualTo(Files.size(only(tool, headless).file()));
    }

    @Test
    void requeue_whileTheStoreRuns_isRefused() throws IOException {
        try (FileSpool spool = open()) {
            assertThat(spool.health().ok()).isTrue();
            SpoolTool tool = new SpoolTool(folder());
            assertThatThrownBy(() -> new SpoolRequeue(tool, folder(), InstantSource.system()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void failedMail_requeued_isDeliveredToThoseWhoMissIt_once_andCanFailAgain() throws Exception {
        HandoffId id = Mails.newId();
        Path saved = temp.resolve("saved");
        try (FileSpool spool = open()) {
            byte[] octets = TEXT.getBytes(StandardCharsets.US_ASCII);
            Submission submission = SpoolStoreContract.submission(id, octets, "a@example.org", "b@example.org");
            try (SpoolStore.Put put = ((SpoolStore.Begin.Open) spool.begin(submission, Mails.soon())).put()) {
                put.write(octets, 0, octets.length);
                assertThat(put.commit()).isInstanceOf(SpoolStore.Commit.Accepted.class);
            }
            fail(spool, 1, true);
        }
        for (String again : List.of("requeue", "requeue-2")) {
            HandoffId expected = new HandoffId(again, id.transaction());
            SpoolTool tool = new SpoolTool(folder());
            SpoolTool.Item item = tool.find(again.equals("requeue") ? id.toString() : "requeue." + id.transaction())
                    .getFirst();
            assertThat(item.place()).isEqualTo("failed");
            Files.copy(item.file(), saved);
            try (SpoolRequeue requeue = new SpoolRequeue(tool, folder(), InstantSource.system())) {
                assertThat(requeue.requeue(item, false, false)).isEqualTo(expected);
                // As after a crash between the two files.
                Files.move(saved, item.file());
                assertThat(requeue.requeue(item, false, false)).isEqualTo(expected);
            }
            assertThat(item.file()).doesNotExist();
            try (FileSpool spool = open()) {
                assertThat(spool.stats().mails()).isEqualTo(1);
                SpoolQueue.Entry entry = spool.list(QueueQuery.of(expected)).getFirst();
                assertThat(entry.recipients())
                        .extracting(one -> one.path().toString())
                        .containsExactly("b@example.org");
                fail(spool, 0, false);
            }
        }
    }

    /// Lets the only mail fail for one recipient, and be delivered to the others.
    private static void fail(FileSpool spool, int recipient, boolean others) throws Exception {
        SpoolStore.Lease lease = spool.claim(1, Duration.ofSeconds(20)).getFirst();
        StoredMail mail = spool.open(lease);
        try (var body = mail.body()) {
            assertThat(body.readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo(TEXT);
        }
        if (others) {
            spool.recipientOutcome(lease, mail, List.of(new RecipientOutcome(0, true, "there")));
        }
        spool.recipientOutcome(lease, mail, List.of(new RecipientOutcome(recipient, false, "gone")));
        spool.giveBack(lease, mail, Instant.now(), "");
    }

    @Test
    void mailWithADamagedBody_isRequeuedAsItIs_whenSaidSo() throws Exception {
        HandoffId id;
        try (FileSpool spool = open()) {
            id = kept(spool, TEXT);
        }
        SpoolTool tool = new SpoolTool(folder());
        Damage.flip(only(tool, id).file(), 700);
        Path aside =
                Files.move(only(tool, id).file(), folder().resolve("corrupt").resolve(id.toString()));
        try (SpoolRequeue requeue = new SpoolRequeue(tool, folder(), InstantSource.system())) {
            SpoolTool.Item item = tool.find(aside.toString()).getFirst();
            assertThatThrownBy(() -> requeue.requeue(item, false, false)).hasMessageContaining("--as-it-is");
            HandoffId again = requeue.requeue(item, false, true);
            assertThat(only(tool, again).problem()).isEmpty();
        }
        assertThat(aside).doesNotExist();
    }

    @Test
    void damagedMail_isRequeuedOnlyWhenSaidSo_andNeverWithoutAHeader() throws Exception {
        HandoffId id;
        HandoffId headless;
        try (FileSpool spool = open()) {
            id = kept(spool, TEXT);
            headless = kept(spool, TEXT + "2");
        }
        SpoolTool tool = new SpoolTool(folder());
        Path end = only(tool, id).file();
        Damage.flip(end, Files.size(end) - 20);
        Damage.flip(only(tool, headless).file(), 20);
        open().close();
        assertThat(only(tool, id).place()).isEqualTo("corrupt");
        try (SpoolRequeue requeue = new SpoolRequeue(tool, folder(), InstantSource.system())) {
            assertThatThrownBy(() -> requeue.requeue(only(tool, id), false, false))
                    .hasMessageContaining("--as-it-is");
            assertThatThrownBy(() -> requeue.requeue(only(tool, headless), false, true))
                    .hasMessageContaining("no readable header");
            HandoffId again = requeue.requeue(only(tool, id), false, true);
            assertThat(cat(tool, only(tool, again))).isEqualTo(TEXT);
        }
        try (FileSpool spool = open()) {
            assertThat(spool.stats().mails()).isEqualTo(1);
        }
    }
}
