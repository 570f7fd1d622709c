// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;

class QuarantineTest {
    private static final byte[] OCTETS = "X-Findings: bad\r\n\r\nevil\r\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private RunningStore store;

    @BeforeEach
    void start() {
        store = new RunningStore(folder);
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private HandoffId quarantined() {
        HandoffId id = Mails.newId();
        assertThat(store.store()
                        .localMailStore()
                        .handOver(
                                Mails.handoff(
                                        id, OCTETS, Disposition.QUARANTINE, "alice@example.org", "bob@example.org"),
                                Mails.soon()))
                .isInstanceOf(HandoffResult.Accepted.class);
        store.drain();
        return id;
    }

    private Quarantine quarantine() {
        return store.store().quarantine();
    }

    @Test
    void list_showsTheNewestFirst_withEnvelopeAndSize() throws IOException {
        HandoffId first = quarantined();
        // The same mail again would be recognised as the same.
        store.store().localMailStore().proven(first);
        HandoffId second = quarantined();
        assertThat(quarantine().list(10)).extracting(Quarantine.Entry::id).containsExactly(second, first);
        assertThat(quarantine().list(1)).hasSize(1);
        Quarantine.Entry entry = quarantine().find(first).orElseThrow();
        assertThat(entry.envelope()).isEqualTo(Mails.to("alice@example.org", "bob@example.org"));
        assertThat(entry.size()).isEqualTo(OCTETS.length);
        assertThat(quarantine().open(first)).hasBinaryContent(OCTETS);
    }

    @Test
    void release_deliversToAllOnce_andEmptiesTheQuarantine() throws IOException {
        HandoffId id = quarantined();
        Path message = folder.resolve("quarantine").resolve(id + ".eml");
        Path envelope = folder.resolve("quarantine").resolve(id + ".envelope");
        byte[] kept = Files.readAllBytes(envelope);
        assertThat(quarantine().release(id, Mails.soon())).isInstanceOf(Quarantine.Release.Released.class);
        store.drain();
        assertThat(quarantine().list(10)).isEmpty();
        // As after a crash between the two steps of a release.
        Files.write(message, OCTETS);
        Files.write(envelope, kept);
        assertThat(quarantine().release(id, Mails.soon())).isInstanceOf(Quarantine.Release.Released.class);
        store.drain();
        for (String user : new String[] {"alice", "bob"}) {
            assertThat(Mails.in(store.mail(), user)).hasSize(1);
            assertThat(Files.readString(Mails.in(store.mail(), user).getFirst()))
                    .endsWith(new String(OCTETS, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void releaseTo_deliversToOne_andKeepsTheMail() throws IOException {
        HandoffId id = quarantined();
        assertThat(quarantine().releaseTo(id, 1, Mails.soon())).isInstanceOf(Quarantine.Release.Released.class);
        assertThat(quarantine().releaseTo(id, 2, Mails.soon())).isEqualTo(new Quarantine.Release.NotFound());
        store.drain();
        assertThat(Mails.in(store.mail(), "alice")).isEmpty();
        assertThat(Mails.in(store.mail(), "bob")).hasSize(1);
        assertThat(quarantine().find(id)).isPresent();
    }

    @Test
    void releaseToOneAndThenToAll_bringsItToEachOnce_alsoWhenTheSpoolHasForgotten() throws IOException {
        HandoffId id = quarantined();
        assertThat(quarantine().releaseTo(id, 1, Mails.soon())).isInstanceOf(Quarantine.Release.Released.class);
        assertThat(quarantine().releaseTo(id, 1, Mails.soon())).isEqualTo(new Quarantine.Release.Before());
        assertThat(quarantine().releasedTo(id)).containsExactly(1);
        store.drain();
        forgetAll();
        assertThat(quarantine().releaseTo(id, 1, Mails.soon())).isEqualTo(new Quarantine.Release.Before());
        assertThat(quarantine().release(id, Mails.soon())).isInstanceOf(Quarantine.Release.Released.class);
        store.drain();
        assertThat(Mails.in(store.mail(), "alice")).hasSize(1);
        assertThat(Mails.in(store.mail(), "bob")).hasSize(1);
        assertThat(Mails.files(folder.resolve("quarantine"))).isEmpty();
    }

    @Test
    void releaseToOne_whoseMarkIsLost_isStillKnownToTheSpool() throws IOException {
        HandoffId id = quarantined();
        assertThat(quarantine().releaseTo(id, 0, Mails.soon())).isInstanceOf(Quarantine.Release.Released.class);
        // As after a crash between the spool and the mark.
        Files.delete(folder.resolve("quarantine").resolve(id + ".released"));
        assertThat(quarantine().release(id, Mails.soon())).isInstanceOf(Quarantine.Release.Released.class);
        store.drain();
        assertThat(Mails.in(store.mail(), "alice")).hasSize(1);
        assertThat(Mails.in(store.mail(), "bob")).hasSize(1);
    }

    @Test
    void releaseToEach_andThenToAll_onlyEmptiesTheQuarantine() throws IOException {
        HandoffId id = quarantined();
        for (int i = 0; i < 2; i++) {
            assertThat(quarantine().releaseTo(id, i, Mails.soon())).isInstanceOf(Quarantine.Release.Released.class);
        }
        assertThat(quarantine().release(id, Mails.soon())).isEqualTo(new Quarantine.Release.Before());
        store.drain();
        assertThat(Mails.in(store.mail(), "alice")).hasSize(1);
        assertThat(Mails.in(store.mail(), "bob")).hasSize(1);
        assertThat(quarantine().list(10)).isEmpty();
    }

    /// As after remember-ids.
    private void forgetAll() throws IOException {
        store.close();
        for (Path log : Mails.files(folder.resolve("spool/dedup"))) {
            Files.delete(log);
        }
        store = new RunningStore(folder);
    }

    @Test
    void leftovers_ofMailsThatAreNotThere_expire() throws IOException {
        HandoffId id = quarantined();
        Path quarantine = folder.resolve("quarantine");
        Files.delete(quarantine.resolve(id + ".eml"));
        Files.writeString(quarantine.resolve("." + id + ".eml"), "half");
        Files.writeString(quarantine.resolve("README"), "kept");
        assertThat(quarantine().expire(Instant.now().minus(Duration.ofHours(1))))
                .isZero();
        assertThat(Mails.files(quarantine)).hasSize(3);
        assertThat(quarantine().expire(Instant.now().plus(Duration.ofHours(1)))).isZero();
        assertThat(Mails.files(quarantine)).containsExactly(quarantine.resolve("README"));
    }

    @Test
    void delete_removesIt_andReleaseThenFindsNothing() throws IOException {
        HandoffId id = quarantined();
        assertThat(quarantine().delete(id)).isTrue();
        assertThat(quarantine().delete(id)).isFalse();
        assertThat(quarantine().release(id, Mails.soon())).isEqualTo(new Quarantine.Release.NotFound());
        assertThat(Mails.files(folder.resolve("quarantine"))).isEmpty();
    }

    @Test
    void expire_deletesOnlyWhatIsOld() throws IOException {
        HandoffId id = quarantined();
        assertThat(quarantine().expire(Instant.now().minus(Duration.ofHours(1))))
                .isZero();
        assertThat(quarantine().find(id)).isPresent();
        assertThat(quarantine().expire(Instant.now().plus(Duration.ofHours(1)))).isEqualTo(1);
        assertThat(quarantine().find(id)).isEmpty();
    }

    @Test
    void foreignAndDamagedFiles_areLeftOut() throws IOException {
        HandoffId id = quarantined();
        Files.writeString(folder.resolve("quarantine/readme.eml"), "x");
        Files.writeString(folder.resolve("quarantine/" + id + ".envelope"), "x");
        assertThat(quarantine().list(10)).isEmpty();
        assertThat(folder.resolve("quarantine/" + id + ".eml")).exists();
    }
}
