// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// Looks at the event loops every few milliseconds, and notes each one that waits for something: a loop works, or is
/// in the kernel for events, and both look runnable.
final class EventLoopWatch implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 5;

    /// A short wait for a lock that a descheduled thread holds is no defect.
    private static final int SIGHTINGS = 20;

    private final List<String> blocked = new CopyOnWriteArrayList<>();
    private final Map<Thread, Sighting> waiting = new HashMap<>();
    private final Thread watcher =
            Thread.ofPlatform().daemon().name("event-loop-watch").start(this::watch);

    private record Sighting(List<StackTraceElement> stack, int times) {}

    /// What was seen: the name of the loop and where it stood.
    List<String> blocked() {
        return blocked;
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(INTERVAL_MILLIS);
                loops().forEach(this::look);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<Thread> loops() {
        Thread[] all = new Thread[Thread.activeCount() + 100];
        int count = Thread.enumerate(all);
        List<Thread> loops = new ArrayList<>();
        for (Thread thread : Arrays.copyOf(all, count)) {
            if (thread.getName().startsWith("smtp-loop")) {
                loops.add(thread);
            }
        }
        return loops;
    }

    private void look(Thread loop) {
        if (loop.getState() == Thread.State.RUNNABLE || loop.getState() == Thread.State.TERMINATED) {
            waiting.remove(loop);
            return;
        }
        List<StackTraceElement> stack = Arrays.asList(loop.getStackTrace());
        Sighting before = waiting.get(loop);
        int times = before != null && before.stack().equals(stack) ? before.times() + 1 : 1;
        waiting.put(loop, new Sighting(stack, times));
        if (times == SIGHTINGS) {
            blocked.add(loop.getName() + " waits at " + stack);
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
