// SPDX-License-Identifier: Apache-2.0
package org.postern.core.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes each decision as one line of JSON to the logger `postern.decision`, from a thread of its own.
///
/// A mail never waits for its record: when the log is slower than the mail and the queue is full, records are dropped
/// and counted in `postern.decisions.dropped`. Any thread may record.
public final class JsonDecisionLog implements DecisionLog, AutoCloseable {
    /// The records that may wait.
    public static final int QUEUE_MAX = 10_000;

    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(JsonDecisionLog.class);
    private static final Logger DECISIONS = LoggerFactory.getLogger("postern.decision");

    private final BlockingQueue<DecisionRecord> queue;
    private final Consumer<String> target;
    private final Counter written;
    private final Counter dropped;
    private final Thread writer;
    private volatile boolean closed;

    /// Starts its thread.
    ///
    /// @param meters where `postern.decisions.*` goes
    public JsonDecisionLog(MeterRegistry meters) {
        this(meters, QUEUE_MAX, DECISIONS::info);
    }

    JsonDecisionLog(MeterRegistry meters, int queueMax, Consumer<String> target) {
        this.queue = new ArrayBlockingQueue<>(queueMax);
        this.target = target;
        this.written = meters.counter("postern.decisions.written");
        this.dropped = meters.counter("postern.decisions.dropped");
        meters.gauge("postern.decisions.waiting", queue, BlockingQueue::size);
        this.writer = Thread.ofPlatform().daemon().name("decision-log").start(this::write);
    }

    @Override
    public void record(DecisionRecord decision) {
        if (closed || !queue.offer(decision)) {
            dropped.increment();
        }
    }

    private void write() {
        try {
            while (true) {
                writeOne(queue.take());
            }
        } catch (InterruptedException e) {
            // Only close() interrupts: what still waits is written before the end.
            for (DecisionRecord left = queue.poll(); left != null; left = queue.poll()) {
                writeOne(left);
            }
        }
    }

    private void writeOne(DecisionRecord decision) {
        try {
            target.accept(DecisionJson.of(decision));
            written.increment();
        } catch (RuntimeException e) {
            dropped.increment();
            LOG.warn("the decision record of {} cannot be written: {}", decision.id(), e.toString());
        }
    }

    @Override
    public void close() {
        closed = true;
        writer.interrupt();
        try {
            if (!writer.join(CLOSE_MAX)) {
                LOG.warn("the decision log did not end within {}; {} records are lost", CLOSE_MAX, queue.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
