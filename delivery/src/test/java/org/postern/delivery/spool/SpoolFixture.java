// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.Envelope;
import org.postern.delivery.Mails;

/// An engine behind [SpoolStore], opened before each test and closed after it, and what tests do with one.
abstract class SpoolFixture {
    /// What the engine under test is opened with.
    static final int MESSAGE_MAX = 256 * 1024;

    @SuppressWarnings("NullAway.Init") // opened before each test
    private SpoolStore spool;

    /// Opens the engine; after a close, with what was in it.
    abstract SpoolStore open();

    @BeforeEach
    void openSpool() {
        spool = open();
    }

    @AfterEach
    void closeSpool() {
        spool.close();
    }

    SpoolStore spool() {
        return spool;
    }

    void reopen() {
        spool.close();
        spool = open();
        Mails.eventually(() -> spool.stats().scanned());
    }

    static Submission submission(HandoffId id, byte[] octets, String... recipients) {
        Envelope envelope = Mails.to(recipients.length == 0 ? new String[] {"alice@example.org"} : recipients);
        return new Submission(
                id,
                DedupKey.of(envelope, Mails.sha256(octets)),
                envelope,
                Disposition.DELIVER,
                octets.length,
                true,
                Instant.now());
    }

    SpoolStore.Commit put(Submission submission, byte[] octets) {
        return switch (spool.begin(submission, Mails.soon())) {
            case SpoolStore.Begin.Refused(boolean permanent, String detail) ->
                new SpoolStore.Commit.Refused(permanent, detail);
            case SpoolStore.Begin.Open(SpoolStore.Put put) -> {
                try (put) {
                    int half = octets.length / 2;
                    put.write(octets, 0, half);
                    put.write(octets, half, octets.length - half);
                    yield put.commit();
                }
            }
        };
    }

    SpoolStore.Commit put(HandoffId id, byte[] octets, String... recipients) {
        return put(submission(id, octets, recipients), octets);
    }

    static byte[] octets(int length) {
        byte[] octets = new byte[length];
        new Random(length).nextBytes(octets);
        return octets;
    }

    SpoolStore.Lease claimOne() {
        try {
            List<SpoolStore.Lease> leases = spool.claim(1, Duration.ofSeconds(20));
            assertThat(leases).hasSize(1);
            return leases.getFirst();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    List<SpoolStore.Lease> claimNow(int max) {
        try {
            return spool.claim(max, Duration.ZERO);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void finish(SpoolStore.Lease lease) throws IOException {
        StoredMail mail = spool.open(lease);
        for (int i = 0; i < mail.recipients().size(); i++) {
            if (mail.recipients().get(i) == RecipientState.PENDING) {
                spool.recipientOutcome(lease, mail, List.of(new RecipientOutcome(i, true, "there")));
            }
        }
        spool.giveBack(lease, mail, Instant.now(), "");
    }

    static byte[] body(StoredMail mail) throws IOException {
        try (InputStream in = mail.body()) {
            return in.readAllBytes();
        }
    }

    static SpoolStore.Commit.Accepted accepted(boolean duplicate, HandoffId id) {
        return new SpoolStore.Commit.Accepted(duplicate, id);
    }

    HandoffId kept(int size, String... recipients) {
        HandoffId id = Mails.newId();
        assertThat(put(id, octets(size), recipients)).isInstanceOf(SpoolStore.Commit.Accepted.class);
        return id;
    }

    SpoolQueue.Entry only(HandoffId id) throws IOException {
        assertThat(spool().list(QueueQuery.of(id))).hasSize(1);
        return spool().list(QueueQuery.of(id)).getFirst();
    }

    List<HandoffId> putSome(int count) {
        List<HandoffId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            HandoffId id = Mails.newId();
            assertThat(put(id, octets(1000 + i))).isInstanceOf(SpoolStore.Commit.Accepted.class);
            ids.add(id);
        }
        return ids;
    }

    /// Does what the delivery does: reads each mail to its end before it says done.
    Set<HandoffId> deliverAll() throws IOException {
        Set<HandoffId> delivered = new HashSet<>();
        for (List<SpoolStore.Lease> some = claimNow(100); !some.isEmpty(); some = claimNow(100)) {
            for (SpoolStore.Lease lease : some) {
                try {
                    assertThat(body(spool().open(lease))).isNotEmpty();
                    finish(lease);
                    delivered.add(lease.id());
                } catch (DamagedMailException e) {
                    spool().setAside(lease, String.valueOf(e.getMessage()));
                }
            }
        }
        return delivered;
    }
}
