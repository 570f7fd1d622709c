// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.directory.Account;
import org.postern.core.directory.AccountLimits;
import org.postern.core.directory.AccountStatus;
import org.postern.core.directory.Delivery;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.MailAddress;
import org.postern.delivery.Mails;
import org.postern.delivery.schedule.Destination;
import org.postern.delivery.spool.DamagedMailException;
import org.postern.delivery.spool.DirectorySync;
import org.postern.delivery.spool.RecipientState;
import org.postern.delivery.spool.StoredMail;

class MaildirTest {
    private static final String TOP = "Return-Path: <sender@example.com>\r\nDelivered-To: alice@example.org\r\n";

    private static final Account ALICE =
            new Account(MailAddress.parse("alice@example.org"), Set.of(), "example.org/alice");

    private static final FolderOwner OURS =
            new FolderOwner(FolderOwner.ofThisProcess(), MaildirConfig.ForeignFolders.REFUSE);

    @TempDir
    private Path folder;

    private final DirectorySync directories = new DirectorySync(1);

    @AfterEach
    void close() {
        directories.close();
    }

    private MaildirDestination destination(LineEndings lineEndings) {
        return new MaildirDestination(
                new MaildirConfig(
                        folder, lineEndings, MaildirConfig.OverQuota.TEMPORARY, MaildirConfig.ForeignFolders.REFUSE),
                directories);
    }

    /// A mail that lies about nothing, or breaks off.
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record TestMail(HandoffId id, Envelope envelope, byte[] octets, boolean damaged) implements StoredMail {
        static TestMail of(String text, String... recipients) {
            return new TestMail(Mails.newId(), Mails.to(recipients), text.getBytes(StandardCharsets.UTF_8), false);
        }

        @Override
        public Disposition disposition() {
            return Disposition.DELIVER;
        }

        @Override
        public Instant received() {
            return Instant.ofEpochSecond(1_800_000_000);
        }

        @Override
        public long bodyLength() {
            return octets.length;
        }

        @Override
        public Instant lastAttempt() {
            return received();
        }

        @Override
        public int attempts() {
            return 0;
        }

        @Override
        public List<RecipientState> recipients() {
            return envelope.recipients().stream()
                    .map(r -> RecipientState.PENDING)
                    .toList();
        }

        @Override
        public InputStream body() {
            return new ByteArrayInputStream(octets) {
                @Override
                public synchronized int read(byte[] target, int offset, int length) {
                    int n = super.read(target, offset, length);
                    if (damaged && n < 0) {
                        throw new java.io.UncheckedIOException(new DamagedMailException("not what it was"));
                    }
                    return n;
                }
            };
        }
    }

    @Test
    void mail_isOneFilePerRecipientWithItsOctetsKept() throws IOException {
        String text = "A: b\r\n\r\nbare\rand\nall \u00e9\r\n";
        TestMail mail = TestMail.of(text, "alice@example.org", "alice@example.org");
        for (int i = 0; i < 2; i++) {
            assertThat(destination(LineEndings.KEEP).deliver(mail, i, ALICE, false))
                    .isInstanceOf(Destination.Outcome.Delivered.class);
        }
        assertThat(Mails.in(folder, "alice"))
                .hasSize(2)
                .allSatisfy(file -> assertThat(file).hasContent(TOP + text));
        assertThat(Mails.files(folder.resolve("example.org/alice/tmp"))).isEmpty();
    }

    @Test
    void redo_findsWhatIsThere_inNewAndInCur() throws IOException {
        TestMail mail = TestMail.of("x", "alice@example.org");
        MaildirDestination destination = destination(LineEndings.KEEP);
        destination.deliver(mail, 0, ALICE, false);
        destination.deliver(mail, 0, ALICE, true);
        Path delivered = Mails.in(folder, "alice").getFirst();
        Path cur = folder.resolve("example.org/alice/cur");
        Path seen = cur.resolve(delivered.getFileName() + ":2,RS");
        Files.move(delivered, seen);
        destination.deliver(mail, 0, ALICE, true);
        assertThat(Mails.in(folder, "alice")).isEmpty();
        assertThat(Mails.files(cur)).containsExactly(seen);
    }

    @Test
    void leftoverOfACrash_isReplaced() throws IOException {
        TestMail mail = TestMail.of("whole", "alice@example.org");
        MaildirDestination destination = destination(LineEndings.KEEP);
        destination.deliver(mail, 0, ALICE, false);
        Path delivered = Mails.in(folder, "alice").getFirst();
        Path temporary = folder.resolve("example.org/alice/tmp").resolve(delivered.getFileName());
        Files.delete(delivered);
        Files.writeString(temporary, "hal");
        destination.deliver(mail, 0, ALICE, true);
        assertThat(Mails.in(folder, "alice").getFirst()).hasContent(TOP + "whole");
        assertThat(temporary).doesNotExist();
    }

    @Test
    void damagedMail_neverBecomesVisible() throws IOException {
        TestMail whole = TestMail.of("x", "alice@example.org");
        TestMail damaged = new TestMail(whole.id(), whole.envelope(), whole.octets(), true);
        assertThatThrownBy(() -> destination(LineEndings.KEEP).deliver(damaged, 0, ALICE, false))
                .isNotNull();
        assertThat(Mails.in(folder, "alice")).isEmpty();
        assertThat(Mails.files(folder.resolve("example.org/alice/tmp"))).isEmpty();
    }

    @Test
    void symbolicLinkBelowTheMailFolder_isNotFollowed() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createDirectory(folder.resolve("example.org"));
        Files.createSymbolicLink(folder.resolve("example.org/alice"), elsewhere);
        assertThatThrownBy(() ->
                        destination(LineEndings.KEEP).deliver(TestMail.of("x", "alice@example.org"), 0, ALICE, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("symbolic link");
        assertThat(Mails.files(elsewhere)).isEmpty();
    }

    @Test
    void lineEndings_lf_turnCrlfIntoLfAndTouchNothingElse() throws IOException {
        destination(LineEndings.LF)
                .deliver(TestMail.of("A: b\r\n\r\nlone\rcr\r\r\nend\r", "alice@example.org"), 0, ALICE, false);
        assertThat(Mails.in(folder, "alice").getFirst())
                .hasContent(TOP.replace("\r\n", "\n") + "A: b\n\nlone\rcr\r\nend\r");
    }

    @Test
    void lfStream_doesTheSameHoweverTheOctetsAreCut() throws IOException {
        long seed = System.nanoTime();
        System.err.println("MaildirTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(30); i > 0; i--) {
                text.append("\r\nx".charAt(random.nextInt(3)));
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            LfOutputStream lf = new LfOutputStream(out);
            byte[] octets = text.toString().getBytes(StandardCharsets.US_ASCII);
            for (int at = 0; at < octets.length; ) {
                int n = random.nextInt(1, octets.length - at + 1);
                lf.write(octets, at, n);
                at += n;
            }
            lf.flush();
            assertThat(out.toString(StandardCharsets.US_ASCII))
                    .isEqualTo(text.toString().replace("\r\n", "\n"));
        }
    }

    private static Account limited(String octets, long messages) {
        return new Account(
                ALICE.address(),
                Set.of(),
                ALICE.mailbox(),
                AccountStatus.ACTIVE,
                Optional.empty(),
                new Delivery.Mailbox(),
                Optional.empty(),
                new AccountLimits(
                        octets.isEmpty() ? Optional.empty() : Optional.of(ByteSize.parse(octets)),
                        messages == 0 ? OptionalLong.empty() : OptionalLong.of(messages),
                        Optional.empty()),
                Set.of());
    }

    private Path box() {
        return folder.resolve(ALICE.mailbox());
    }

    private Destination.Outcome deliver(Account account, String text) throws IOException {
        return destination(LineEndings.KEEP).deliver(TestMail.of(text, "alice@example.org"), 0, account, false);
    }

    @Test
    void quota_isKeptInMaildirsize_asMaildirPlusPlusHasIt() throws IOException {
        Account account = limited("1000B", 3);
        String text = "x".repeat(200);
        assertThat(deliver(account, text)).isInstanceOf(Destination.Outcome.Delivered.class);
        assertThat(deliver(account, text)).isInstanceOf(Destination.Outcome.Delivered.class);
        int each = TOP.length() + 200;
        assertThat(Files.readString(box().resolve("maildirsize")))
                .isEqualTo("1000S,3C\n0 0\n" + each + " 1\n" + each + " 1\n");
        // Too large, and then one too many.
        assertThat(deliver(account, "x".repeat(900))).isInstanceOf(Destination.Outcome.Deferred.class);
        assertThat(deliver(account, "x")).isInstanceOf(Destination.Outcome.Delivered.class);
        assertThat(deliver(account, "x")).isInstanceOf(Destination.Outcome.Deferred.class);
        assertThat(Mails.files(box().resolve("new"))).hasSize(3);
        assertThat(Mails.files(box().resolve("tmp"))).isEmpty();
    }

    @Test
    void mailsAtTheSameTime_shareTheLastPlacesOfAMailbox_andNoMore() throws Exception {
        Account account = limited("", 5);
        MaildirDestination destination = destination(LineEndings.KEEP);
        List<Destination.Outcome> outcomes = new CopyOnWriteArrayList<>();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    go.await();
                    outcomes.add(destination.deliver(TestMail.of("x", "alice@example.org"), 0, account, false));
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(outcomes).hasSize(40);
        assertThat(outcomes.stream().filter(Destination.Outcome.Delivered.class::isInstance))
                .hasSize(5);
        assertThat(Mails.files(box().resolve("new"))).hasSize(5);
    }

    @Test
    void quota_thatIsFull_failsForGoodWhereItIsSetSo() throws IOException {
        MaildirDestination destination = new MaildirDestination(
                new MaildirConfig(
                        folder,
                        LineEndings.KEEP,
                        MaildirConfig.OverQuota.PERMANENT,
                        MaildirConfig.ForeignFolders.REFUSE),
                directories);
        assertThat(destination.deliver(TestMail.of("x", "alice@example.org"), 0, limited("10B", 0), false))
                .isInstanceOfSatisfying(
                        Destination.Outcome.Failed.class,
                        failed -> assertThat(failed.diagnosis().status()).isEqualTo("5.2.2"));
    }

    @Test
    void quota_countsAllFoldersButTheTrash_andWhatIsDeleted_andTrustsSizesInNames() throws IOException {
        Account account = limited("1000B", 0);
        assertThat(deliver(account, "x")).isInstanceOf(Destination.Outcome.Delivered.class);
        for (String path : List.of(".Work/cur", ".Trash/cur")) {
            Files.createDirectories(box().resolve(path));
        }
        Files.writeString(box().resolve(".Work/cur/1.a.b,S=700:2,S"), "short");
        Files.writeString(box().resolve(".Trash/cur/2.a.b:2,S"), "x".repeat(5000));
        Files.writeString(box().resolve("cur/3.a.b:2,ST"), "x".repeat(5000));
        Files.delete(box().resolve("maildirsize"));
        assertThat(deliver(account, "x".repeat(300))).isInstanceOf(Destination.Outcome.Deferred.class);
        assertThat(Files.readString(box().resolve("maildirsize")))
                .isEqualTo("1000S\n" + (700 + TOP.length() + 1) + " 2\n");
        assertThat(deliver(account, "x".repeat(10))).isInstanceOf(Destination.Outcome.Delivered.class);
    }

    @Test
    void maildirsize_isCountedAnew_whenItSaysFullAndMayBeWrong_orIsOfAnotherQuota_orDamaged() throws IOException {
        Path file = box().resolve("maildirsize");
        assertThat(deliver(limited("1000B", 0), "x")).isInstanceOf(Destination.Outcome.Delivered.class);
        // Another program delivered and deleted without telling.
        Files.writeString(file, "1000S\n500 1\n499 1\n");
        assertThat(deliver(limited("1000B", 0), "x")).isInstanceOf(Destination.Outcome.Delivered.class);
        assertThat(deliver(limited("2000B", 0), "x")).isInstanceOf(Destination.Outcome.Delivered.class);
        assertThat(Files.readString(file)).startsWith("2000S\n" + 2 * (TOP.length() + 1) + " 2\n");
        Files.writeString(file, "2000S\nrubbish\n");
        assertThat(deliver(limited("2000B", 0), "x")).isInstanceOf(Destination.Outcome.Delivered.class);
        assertThat(Files.readString(file)).startsWith("2000S\n" + 3 * (TOP.length() + 1) + " 3\n");
        Files.writeString(file, "2000S\n" + "1 0\n".repeat(2000));
        assertThat(deliver(limited("2000B", 0), "x")).isInstanceOf(Destination.Outcome.Delivered.class);
        assertThat(Files.size(file)).isLessThan(100);
    }

    @Test
    void mailbox_withoutAQuota_hasNoMaildirsize() throws IOException {
        assertThat(deliver(ALICE, "x")).isInstanceOf(Destination.Outcome.Delivered.class);
        assertThat(box().resolve("maildirsize")).doesNotExist();
    }

    @Test
    void make_whileAnotherThreadSyncsTheNewFolders_waitsForIt() throws Exception {
        Cache<Path, Boolean> durable = Caffeine.newBuilder().build();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Maildir.FolderSync slow = parent -> {
            begun.countDown();
            try {
                assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        };
        Thread first = Thread.ofPlatform().start(() -> made(new Maildir(folder, "alice", OURS, slow, durable)));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(folder.resolve("alice")).isDirectory();
        Thread second = Thread.ofPlatform().start(() -> made(new Maildir(folder, "alice", OURS, slow, durable)));
        assertThat(second.join(Duration.ofMillis(300))).isFalse();
        goOn.countDown();
        assertThat(second.join(Duration.ofSeconds(30))).isTrue();
        first.join();
        assertThat(folder.resolve("alice/new")).isDirectory();
    }

    @Test
    void make_firstTimeInThisProcess_syncsFoldersThatAreThere() throws IOException {
        Files.createDirectories(folder.resolve("alice/new"));
        List<Path> synced = new ArrayList<>();
        Cache<Path, Boolean> durable = Caffeine.newBuilder().build();
        for (int i = 0; i < 2; i++) {
            new Maildir(folder, "alice", OURS, synced::add, durable).make();
        }
        assertThat(synced).containsExactly(folder, folder.resolve("alice"));
    }

    private static void made(Maildir maildir) {
        try {
            maildir.make();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
