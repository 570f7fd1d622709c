// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.TransactionId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts mails into the spool that the store makes itself: forwards, reports, automatic replies.
///
/// The id of such a mail follows from the mail it was made for and from what it is, so that making it again
/// after a crash makes no second copy. Many threads use it at once.
public final class DerivedMails {
    private static final Logger LOG = LoggerFactory.getLogger(DerivedMails.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int TIME_LENGTH = 10;
    private static final int RANDOM_LENGTH = 16;

    private final SpoolStore spool;
    private final String node;
    private final InstantSource clock;

    /// @param node the store's node name
    public DerivedMails(SpoolStore spool, String node, InstantSource clock) {
        this.spool = spool;
        this.node = node;
        this.clock = clock;
    }

    /// Writes the octets of a mail, exactly as many as were announced.
    public interface Content {
        void writeTo(SpoolStore.Put put) throws IOException;
    }

    /// The id of what is made of a mail.
    ///
    /// @param what tells it from everything else that is made of the same mail
    public HandoffId id(HandoffId origin, String what) {
        byte[] digest = sha256(origin + "\0" + what);
        StringBuilder text =
                new StringBuilder(origin.transaction().text()).delete(TIME_LENGTH, TIME_LENGTH + RANDOM_LENGTH);
        for (int i = 0; i < RANDOM_LENGTH; i++) {
            text.append(DIGITS.charAt(digest[i] & 31));
        }
        return new HandoffId(node, new TransactionId(text.toString()));
    }

    /// Keeps one durably, and says so. One that was kept before is `Accepted` as well.
    ///
    /// @param how for the log: what becomes of the origin by it
    /// @param origin the mail it is made of
    /// @throws IOException when it should be tried again
    public SpoolStore.Commit put(
            String how, HandoffId origin, HandoffId id, Envelope envelope, long length, Content content)
            throws IOException {
        if (spool.status(id) == SpoolStore.Status.ACCEPTED) {
            return new SpoolStore.Commit.Accepted(true, id);
        }
        Submission submission = new Submission(
                id,
                DedupKey.of(envelope, sha256(id.toString())),
                envelope,
                Disposition.DELIVER,
                length,
                false,
                clock.instant());
        return switch (spool.begin(submission, Deadline.in(PATIENCE))) {
            case SpoolStore.Begin.Refused(boolean permanent, String detail) -> refused(permanent, detail);
            case SpoolStore.Begin.Open(SpoolStore.Put put) -> {
                try (put) {
                    content.writeTo(put);
                    yield switch (put.commit()) {
                        case SpoolStore.Commit.Accepted accepted -> {
                            LOG.info(
                                    "{} is {} as {}, for {}",
                                    origin,
                                    how,
                                    id,
                                    envelope.recipients().size());
                            yield accepted;
                        }
                        case SpoolStore.Commit.Refused(boolean permanent, String detail) -> refused(permanent, detail);
                        case SpoolStore.Commit.Indeterminate(String detail) -> throw new IOException(detail);
                    };
                }
            }
        };
    }

    private static SpoolStore.Commit refused(boolean permanent, String detail) throws IOException {
        if (permanent) {
            return new SpoolStore.Commit.Refused(true, detail);
        }
        throw new IOException("the spool does not take a mail now: " + detail);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
