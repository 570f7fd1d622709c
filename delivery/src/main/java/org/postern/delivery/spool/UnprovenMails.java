// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postern.core.handoff.HandoffId;

/// The mails whose senders may not have seen the 250, about 80 octets each. Guarded by the lock of [DedupMemory].
final class UnprovenMails {
    private final IdTable<Entry> ids = new IdTable<>();
    private final Prints prints = new Prints();
    /// Ids that were answered "duplicate" of a mail under another id, by that mail's key.
    private final Map<HandoffId, Fingerprint> sameAs = new HashMap<>();

    private static final class Entry extends IdTable.Entry {
        private final long printHigh;
        private final long printLow;
        private final long timeMillis;
        private boolean delivered;

        Entry(LogRecord entry) {
            super(entry.id());
            this.printHigh = entry.fingerprint().high();
            this.printLow = entry.fingerprint().low();
            this.timeMillis = entry.timeMillis();
        }
    }

    /// Finds them by their key.
    private static final class Prints extends CompactTable<Entry> {
        @Override
        long high(Entry entry) {
            return entry.printHigh;
        }

        @Override
        long low(Entry entry) {
            return entry.printLow;
        }

        @Override
        String text(Entry entry) {
            return "";
        }

        @Nullable
        Entry get(Fingerprint print) {
            return get(print.high(), print.low(), "");
        }
    }

    /// A mail was kept, or is the same as one that is here.
    void accepted(LogRecord record) {
        Entry mail = new Entry(record);
        if (prints.add(mail)) {
            boolean _ = ids.add(mail);
        } else {
            same(record);
        }
    }

    void same(LogRecord record) {
        sameAs.put(record.id(), record.fingerprint());
    }

    /// Nothing is left to do for the mail of this record, where it is one of these.
    void delivered(LogRecord record) {
        Entry mail = prints.get(record.fingerprint());
        if (mail != null && mail.id().equals(record.id())) {
            mail.delivered = true;
        }
    }

    /// Forgets the mail that this id is, or is the same as.
    void remove(HandoffId id) {
        Entry mail = ids.get(id);
        Fingerprint print = sameAs.remove(id);
        if (mail == null && print != null) {
            mail = prints.get(print);
        }
        if (mail != null) {
            ids.remove(mail);
            prints.remove(mail);
        }
    }

    Optional<DedupMemory.Unproven> get(Fingerprint print) {
        return Optional.ofNullable(prints.get(print))
                .map(mail -> new DedupMemory.Unproven(mail.id(), mail.timeMillis, mail.delivered));
    }

    /// Whether the id is that of such a mail, or the same as one.
    boolean contains(HandoffId id) {
        return ids.get(id) != null || sameAs.containsKey(id);
    }

    /// Whether the mail of this key is here under this id.
    boolean contains(HandoffId id, Fingerprint print) {
        Entry mail = prints.get(print);
        return mail != null && mail.id().equals(id);
    }

    int size() {
        return ids.size() + sameAs.size();
    }

    void forgetBefore(long millis) {
        prints.removeIf(one -> one.timeMillis < millis).forEach(ids::remove);
        sameAs.values().removeIf(print -> prints.get(print) == null);
    }
}
