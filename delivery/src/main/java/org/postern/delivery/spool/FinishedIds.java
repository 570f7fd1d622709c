// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.postern.core.handoff.HandoffId;

/// The ids that take no mail any more, about 90 octets each. Guarded by the lock of [DedupMemory].
final class FinishedIds {
    /// None is forgotten earlier: fronts repeat a handoff within the deadline of its mail, which is 9 minutes at most,
    /// and by then the disk knows that the mail's file is gone.
    static final Duration FOR_LEAST = Duration.ofMinutes(10);

    private static final int AGES = 1024;

    private final IdTable<Entry> ids = new IdTable<>();
    /// All times lie between these.
    private long oldestMillis = Long.MAX_VALUE;

    private long newestMillis = Long.MIN_VALUE;

    private static final class Entry extends IdTable.Entry {
        private final LogRecord.Type type;
        private final long timeMillis;
        private final long sha0;
        private final long sha1;
        private final long sha2;
        private final long sha3;

        Entry(LogRecord entry) {
            super(entry.id());
            this.type = entry.type();
            this.timeMillis = entry.timeMillis();
            ByteBuffer sha = ByteBuffer.wrap(entry.sha256());
            this.sha0 = sha.getLong();
            this.sha1 = sha.getLong();
            this.sha2 = sha.getLong();
            this.sha3 = sha.getLong();
        }

        DedupMemory.Finished finished() {
            byte[] sha = ByteBuffer.allocate(32)
                    .putLong(sha0)
                    .putLong(sha1)
                    .putLong(sha2)
                    .putLong(sha3)
                    .array();
            return new DedupMemory.Finished(type, sha, timeMillis);
        }
    }

    /// What was said last of an id counts.
    void add(LogRecord record) {
        Entry entry = new Entry(record);
        ids.remove(entry);
        boolean _ = ids.add(entry);
        oldestMillis = Math.min(oldestMillis, entry.timeMillis);
        newestMillis = Math.max(newestMillis, entry.timeMillis);
    }

    Optional<DedupMemory.Finished> get(HandoffId id) {
        return Optional.ofNullable(ids.get(id)).map(Entry::finished);
    }

    boolean contains(HandoffId id) {
        return ids.get(id) != null;
    }

    int size() {
        return ids.size();
    }

    /// The time of the newest.
    long newestMillis() {
        return newestMillis;
    }

    /// Forgets what is older. Returns how many that were.
    int forgetBefore(long millis) {
        int gone = ids.removeIf(one -> one.timeMillis < millis).size();
        oldestMillis = Math.max(oldestMillis, millis);
        return gone;
    }

    /// Forgets the oldest, about as many as asked for, of those that are old enough. Returns how many that were.
    int forgetOldest(int wanted, long nowMillis) {
        long oldest = oldestMillis;
        long end = nowMillis - FOR_LEAST.toMillis();
        if (oldest >= end) {
            return 0;
        }
        long width = (end - oldest) / AGES + 1;
        int[] ages = new int[AGES];
        ids.forEach(one -> {
            if (one.timeMillis < end) {
                ages[(int) ((one.timeMillis - oldest) / width)]++;
            }
        });
        int found = 0;
        int age = 0;
        while (age < AGES && found < wanted) {
            found += ages[age++];
        }
        return forgetBefore(Math.min(end, oldest + age * width));
    }
}
