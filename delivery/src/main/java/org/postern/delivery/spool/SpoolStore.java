// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;

/// A durable queue of mails. Many threads use it at once. No engine has a way to commit without syncing.
///
/// Every outcome of a handoff is a value; `IOException` is left to the delivery side, where it means "try
/// again".
public interface SpoolStore extends SpoolQueue, AutoCloseable {
    /// How long a claim lasts where nothing else was said. Each recorded outcome makes it last from then on.
    Duration LEASE = Duration.ofHours(1);

    /// Whether mail may be taken in now; never blocks for long.
    SpoolHealth health();

    /// Starts to keep a mail. Where another handoff of the same id or of the same mail is running, waits
    /// for its end, at most until the deadline.
    Begin begin(Submission submission, Deadline deadline);

    /// The answer to [#begin].
    sealed interface Begin {
        /// The octets may come.
        record Open(Put put) implements Begin {}

        /// Nothing is kept.
        record Refused(boolean permanent, String detail) implements Begin {}
    }

    /// A mail on its way in; one thread uses it. Closing without commit leaves nothing behind.
    interface Put extends AutoCloseable {
        /// Takes octets. Never throws: what fails is the answer of [#commit].
        void write(byte[] octets, int offset, int length);

        /// Makes the mail durable; when it says `Accepted`, data and directory entry are synced.
        Commit commit();

        @Override
        void close();
    }

    /// The answer to [Put#commit].
    sealed interface Commit {
        /// Durable.
        ///
        /// @param duplicate whether the mail had been accepted before
        /// @param mail the id under which it is kept
        record Accepted(boolean duplicate, HandoffId mail) implements Commit {}

        /// Definitely not kept.
        record Refused(boolean permanent, String detail) implements Commit {}

        /// The engine cannot tell. Engines over a network only.
        record Indeterminate(String detail) implements Commit {}
    }

    /// What is known of an id.
    Status status(HandoffId id);

    /// What is known of an id.
    enum Status implements Coded {
        UNKNOWN(0),
        ACCEPTED(1),
        ABORTED(2),
        IN_PROGRESS(3);

        private final int code;

        Status(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }

        public static java.util.Optional<Status> of(int code) {
            return Coded.find(values(), code);
        }
    }

    /// Makes sure, durably, that a handoff of this id is refused from now on. Loses against a mail already
    /// accepted: a sender may have been told 250 on the strength of it.
    ///
    /// @return `ABORTED`, or `ACCEPTED` where it came too late, or `IN_PROGRESS` where it should be asked again
    Status abort(HandoffId id) throws IOException;

    /// The senders of these mails have seen their 250: the same mail again is a second copy that is
    /// meant. Lazy.
    void proven(Collection<HandoffId> ids);

    /// Takes up to `max` mails whose time has come; waits at most `wait` for the first one.
    default List<Lease> claim(int max, Duration wait) throws InterruptedException {
        return claim(max, wait, LEASE);
    }

    /// As above. A mail neither given back nor renewed within `lease` may be claimed by others; whoever
    /// had it can record nothing more.
    List<Lease> claim(int max, Duration wait, Duration lease) throws InterruptedException;

    /// Makes a lease last `more` from now.
    ///
    /// @throws FencedException where it has ended
    void renew(Lease lease, Duration more);

    /// The right to work on one mail.
    ///
    /// @param id which
    /// @param token changes with every claim
    /// @param fresh whether no delivery of it can ever have been tried before
    record Lease(HandoffId id, long token, boolean fresh) {}

    /// Opens a claimed mail. Throws [DamagedMailException] when it does not prove itself,
    /// [FencedException] when the lease has ended.
    StoredMail open(Lease lease) throws IOException;

    /// Records, durably, what became of recipients. Must be called after each recipient before the next one is
    /// tried. The lease stays.
    ///
    /// @throws FencedException where it has ended; nothing is recorded then
    void recipientOutcome(Lease lease, StoredMail mail, List<RecipientOutcome> outcomes) throws IOException;

    /// Gives the lease back. A mail without pending recipients is then forgotten but for its id; one that has
    /// failed recipients is set aside.
    ///
    /// @param next when to try again; ignored where nobody is pending
    /// @param reason why it was not finished, for people
    void giveBack(Lease lease, StoredMail mail, Instant next, String reason);

    /// Gives the lease of a mail back that could not even be opened.
    void giveBack(Lease lease, Instant next);

    /// Sets a mail aside that does not prove itself; it is never delivered and never deleted.
    void setAside(Lease lease, String reason);

    /// Counts for meters and people.
    Stats stats();

    /// @param mails kept and not finished
    /// @param torn files set aside that had never been acknowledged
    /// @param corrupt files set aside because they are damaged
    /// @param failed mails set aside because recipients failed for good
    /// @param scanned whether everything left from before the start has been found
    record Stats(long mails, long torn, long corrupt, long failed, boolean scanned) {}

    /// What is remembered of handoffs beyond the life of their mails.
    Remembered remembered();

    /// @param count finished handoffs, unproven mails and what was answered as the same as one of these
    /// @param most of them for which there is room
    /// @param forgotten finished handoffs that had to be forgotten before their time, since the start
    record Remembered(long count, long most, long forgotten) {}

    @Override
    void close();
}
