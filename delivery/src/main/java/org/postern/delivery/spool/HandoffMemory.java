// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Predicate;
import org.postern.core.handoff.HandoffId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is remembered of handoffs, in memory and in the log behind it.
final class HandoffMemory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HandoffMemory.class);

    private final SpoolConfig config;
    private final InstantSource clock;
    private final DedupLog log;
    private final DedupMemory known;
    private final MemoryAlarm alarm = new MemoryAlarm();
    private long newestMillis;

    HandoffMemory(SpoolConfig config, InstantSource clock, DedupLog log) throws IOException {
        this.config = config;
        this.clock = clock;
        this.log = log;
        this.known = new DedupMemory(config.rememberIds(), config.rememberUnproven(), config.rememberMax());
        log.replay(entry -> {
            known.learn(entry);
            newestMillis = Math.max(newestMillis, entry.timeMillis());
        });
    }

    /// How long ago the last thing happened that a former process wrote down; zero where nothing is known.
    Duration silence() {
        return newestMillis == 0
                ? Duration.ZERO
                : Duration.between(Instant.ofEpochMilli(newestMillis), clock.instant());
    }

    DedupMemory known() {
        return known;
    }

    /// Whether the same mail under another id is to be recognised.
    boolean recognises(Submission submission) {
        return submission.provable()
                && !config.rememberUnproven().isZero()
                && (config.recogniseNothingFor().isEmpty()
                        || submission.envelope().recipients().stream()
                                .noneMatch(one -> config.recogniseNothingFor()
                                        .contains(one.path().address().domain())));
    }

    /// Whether one more handoff can be remembered: without that none may be taken in.
    boolean hasRoom() {
        boolean room = known.hasRoom(clock.instant());
        alarm.look(known.remembered());
        return room;
    }

    /// A mail was kept whose sender may not see the 250. Not synced: after a power cut the scan learns it from the
    /// file again.
    void accepted(Submission submission) {
        if (recognises(submission)) {
            note(LogRecord.Type.ACCEPTED, submission.id(), Fingerprint.of(submission.dedupKey()), LogRecord.noHash());
        }
    }

    /// Remembers something whose loss would do no harm.
    void note(LogRecord.Type type, HandoffId id, Fingerprint print, byte[] sha256) {
        known.learn(new LogRecord(type, clock.millis(), id, print, sha256));
        try {
            log.append(type, id, print, sha256, false);
        } catch (IOException e) {
            LOG.error("{} of {} cannot be written down", type, id, e);
        }
    }

    /// Remembers something durably.
    void record(LogRecord.Type type, HandoffId id, Fingerprint print, byte[] sha256) throws IOException {
        log.append(type, id, print, sha256, true);
        known.learn(new LogRecord(type, clock.millis(), id, print, sha256));
    }

    boolean isComplete(HandoffId id) {
        return known.finished(id)
                .map(one -> one.type() == LogRecord.Type.COMPLETE)
                .orElse(false);
    }

    /// Forgets what needs no remembering any more.
    void expire() {
        Instant now = clock.instant();
        known.expire(now);
        try {
            Duration longest = config.rememberIds().compareTo(config.rememberUnproven()) > 0
                    ? config.rememberIds()
                    : config.rememberUnproven();
            log.deleteBefore(now.minus(longest));
        } catch (IOException e) {
            LOG.warn("old records of handoffs cannot be deleted", e);
        }
    }

    /// Takes out of the log what says nothing any more.
    ///
    /// @param queued whether a mail is still in the queue: its proof must not be forgotten before its file is
    void compact(Predicate<HandoffId> queued) {
        try {
            log.compact(
                    entry -> known.needs(entry) || (entry.type() == LogRecord.Type.PROVEN && queued.test(entry.id())));
        } catch (IOException e) {
            LOG.warn("the records of handoffs cannot be made shorter", e);
        }
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
