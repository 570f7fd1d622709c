// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.handoff.HandoffId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an administrator asks of the queue.
final class QueueView {
    private static final Logger LOG = LoggerFactory.getLogger(QueueView.class);

    private final InstantSource clock;
    private final SpoolFolder folder;
    private final SpoolIndex index;
    private final OutcomeRecords records;
    private final MailLocks locks;

    QueueView(InstantSource clock, SpoolFolder folder, SpoolIndex index, OutcomeRecords records, MailLocks locks) {
        this.clock = clock;
        this.folder = folder;
        this.index = index;
        this.records = records;
        this.locks = locks;
    }

    List<SpoolQueue.Entry> list(QueueQuery query) throws IOException {
        List<SpoolQueue.Entry> entries = new ArrayList<>();
        for (SpoolIndex.Known known : candidates(query)) {
            if (entries.size() == query.max()) {
                break;
            }
            read(known).filter(query::fits).ifPresent(entries::add);
        }
        return entries;
    }

    /// Mails of which memory does not know better. Lazy: each is looked at when it is asked for.
    private Iterable<SpoolIndex.Known> candidates(QueueQuery query) {
        if (query.id().isPresent()) {
            return index.find(query.id().get()).stream().toList();
        }
        List<SpoolEntry> all = index.snapshot();
        int from = query.after().map(after -> behind(all, after)).orElse(0);
        return () -> all.subList(from, all.size()).stream()
                .map(entry -> index.find(entry.id()))
                .flatMap(Optional::stream)
                .filter(known -> query.state().map(known.state()::equals).orElse(true))
                .iterator();
    }

    private static int behind(List<SpoolEntry> sorted, HandoffId after) {
        String wanted = after.transaction() + "." + after.front();
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            HandoffId id = sorted.get(middle).id();
            if ((id.transaction() + "." + id.front()).compareTo(wanted) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Optional<SpoolQueue.Entry> read(SpoolIndex.Known known) throws IOException {
        try {
            SpoolFile file = SpoolFile.read(folder.disk(), folder.mailFile(known.id()), locks.of(known.id()));
            return Optional.of(file.entry(known.state(), known.next()));
        } catch (IOException e) {
            if (index.contains(known.id())) {
                LOG.warn("{} cannot be read and is left out; its delivery will say what is wrong", known.id(), e);
            }
            return Optional.empty();
        }
    }

    SpoolQueue.Change hold(HandoffId id, boolean held) throws IOException {
        ReentrantLock lock = locks.of(id);
        lock.lock();
        try {
            if (!index.contains(id)) {
                return SpoolQueue.Change.UNKNOWN;
            }
            Path path = folder.mailFile(id);
            FileMail mail = new FileMail(folder.disk(), path, SpoolFile.read(folder.disk(), path));
            if (mail.file().held() != held) {
                long now = clock.millis();
                StateRecord.Type type = held ? StateRecord.Type.HOLD : StateRecord.Type.RELEASE;
                records.append(mail, List.of(new StateRecord(type, -1, now, now, mail.attempts(), "")));
                index.hold(id, held);
                LOG.warn("{} was {} by an administrator", id, held ? "held" : "released");
            }
            return SpoolQueue.Change.DONE;
        } finally {
            lock.unlock();
        }
    }

    int retryNow(QueueQuery query) throws IOException {
        int count = 0;
        for (SpoolIndex.Known known : candidates(query)) {
            if (count == query.max()) {
                break;
            }
            boolean fits = !query.needsFile() || read(known).filter(query::fits).isPresent();
            count += fits && index.dueNow(known.id()) ? 1 : 0;
        }
        return count;
    }
}
