// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pipeline;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The watchdog over scans that still run although their mail has had its answer. Its own virtual thread looks
/// after them; there are never more than the filters have places, plus those that only wait for a place and end
/// with the interrupt.
final class Stragglers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Stragglers.class);

    private final String farm;
    private final Duration grace;
    private final Map<ScanTask, Long> abandonedAt = new ConcurrentHashMap<>();
    private final Set<ScanTask> named = ConcurrentHashMap.newKeySet();
    private final Thread watchdog;

    Stragglers(String farm, Duration grace) {
        this.farm = farm;
        this.grace = grace;
        this.watchdog = Thread.ofVirtual().name("filter-watchdog-" + farm).start(this::run);
    }

    void watch(ScanTask task) {
        if (!task.ended()) {
            task.station().straggling(1);
            abandonedAt.put(task, System.nanoTime());
        }
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(Duration.ofMillis(Math.max(100, grace.toMillis() / 5)));
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        Map<String, Integer> fresh = new HashMap<>();
        Map<String, String> example = new HashMap<>();
        for (Iterator<Map.Entry<ScanTask, Long>> all = abandonedAt.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<ScanTask, Long> entry = all.next();
            ScanTask task = entry.getKey();
            if (task.ended()) {
                all.remove();
                named.remove(task);
                task.station().straggling(-1);
            } else if (System.nanoTime() - entry.getValue() >= grace.toNanos() && named.add(task)) {
                String filter = task.station().filter().name();
                fresh.merge(filter, 1, Integer::sum);
                example.putIfAbsent(filter, task.mail().id().text());
            }
        }
        fresh.forEach((filter, count) -> LOG.warn(
                "farm {}: filter {} does not end: {} scans run {} s beyond their mail's answer and keep their place,"
                        + " for example {}",
                farm,
                filter,
                count,
                grace.toSeconds(),
                example.get(filter)));
    }

    @Override
    public void close() {
        watchdog.interrupt();
    }
}
