// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;

/// Which accepted mails wait for the proof that their sender saw the 250, and which proofs the store may not have
/// heard yet. The same mail sent on purpose must not overtake the proof of the first.
///
/// One lock guards all maps; each forgets its oldest entry when it is full.
final class ProofTracker {
    private static final int WAITING_MAX = 100_000;
    private static final int UNSENT_MAX = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<HandoffId, Waiting> waiting = bounded(WAITING_MAX);
    private final Map<DedupKey, HandoffId> unsent = bounded(UNSENT_MAX);

    private final Map<HandoffId, List<HandoffId>> parts = bounded(UNSENT_MAX);

    private record Waiting(DedupKey key, StorePeer peer) {}

    private static <K, V> Map<K, V> bounded(int max) {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > max;
            }
        };
    }

    void accepted(Handoff handoff, StorePeer peer) {
        lock.lock();
        try {
            waiting.put(handoff.id(), new Waiting(handoff.dedupKey(), peer));
        } finally {
            lock.unlock();
        }
    }

    /// A handoff went to several stores, to each under an id of its own.
    void split(HandoffId whole, List<HandoffId> ids) {
        lock.lock();
        try {
            parts.put(whole, List.copyOf(ids));
        } finally {
            lock.unlock();
        }
    }

    /// The ids under which a handoff went out.
    List<HandoffId> partsOf(HandoffId whole) {
        lock.lock();
        try {
            List<HandoffId> ids = parts.remove(whole);
            return ids == null ? List.of(whole) : ids;
        } finally {
            lock.unlock();
        }
    }

    /// The sender saw it. The store to tell, where the mail is remembered.
    Optional<StorePeer> proven(HandoffId id) {
        lock.lock();
        try {
            Waiting entry = waiting.remove(id);
            if (entry == null) {
                return Optional.empty();
            }
            unsent.put(entry.key(), id);
            return Optional.of(entry.peer());
        } finally {
            lock.unlock();
        }
    }

    /// The proof of a mail of this key that the store may not have heard.
    Optional<HandoffId> unsent(DedupKey key) {
        lock.lock();
        try {
            return Optional.ofNullable(unsent.get(key));
        } finally {
            lock.unlock();
        }
    }

    void sent(DedupKey key) {
        lock.lock();
        try {
            unsent.remove(key);
        } finally {
            lock.unlock();
        }
    }
}
