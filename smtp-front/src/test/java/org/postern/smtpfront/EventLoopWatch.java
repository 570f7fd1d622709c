// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/// Has the JVM record what the event loops wait for: sleep, locks, files and the JDK's own sockets. A loop works, or is
/// in the kernel for its events, and both leave no record.
final class EventLoopWatch implements AutoCloseable {
    private static final String LOOP = "smtp-loop";

    /// A short wait for a lock that a descheduled thread holds is no defect.
    private static final Duration SHORT = Duration.ofMillis(100);

    private static final int FRAMES_TOLD = 12;

    private final Recording recording = new Recording();

    EventLoopWatch() {
        Stream.of("jdk.ThreadSleep", "jdk.JavaMonitorWait", "jdk.FileRead", "jdk.FileWrite", "jdk.FileForce")
                .forEach(event -> recording.enable(event).withStackTrace().withThreshold(Duration.ZERO));
        Stream.of("jdk.ThreadPark", "jdk.JavaMonitorEnter", "jdk.SocketRead", "jdk.SocketWrite")
                .forEach(event -> recording.enable(event).withStackTrace().withThreshold(SHORT));
        recording.start();
    }

    /// What was recorded: the loop, what it waited for, and where it stood. Nothing is recorded afterwards.
    List<String> blocked() throws IOException {
        recording.stop();
        Path file = Files.createTempFile("loops", ".jfr");
        try {
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(EventLoopWatch::isOfLoop)
                    .filter(event -> !isOfJvm(event))
                    .map(EventLoopWatch::told)
                    .toList();
        } finally {
            Files.delete(file);
        }
    }

    private static boolean isOfLoop(RecordedEvent event) {
        return event.getThread() != null
                && Objects.requireNonNullElse(event.getThread().getJavaName(), "")
                        .startsWith(LOOP);
    }

    /// Classes that are loaded, random numbers from the kernel, and the standard output, which has no path.
    private static boolean isOfJvm(RecordedEvent event) {
        if (!event.getEventType().getName().startsWith("jdk.File")) {
            return false;
        }
        String path = event.getString("path");
        return path == null
                || path.startsWith("/dev/")
                || frames(event)
                        .anyMatch(frame -> frame.getMethod().getType().getName().startsWith("jdk.internal.loader."));
    }

    private static Stream<RecordedFrame> frames(RecordedEvent event) {
        return event.getStackTrace() == null ? Stream.empty() : event.getStackTrace().getFrames().stream();
    }

    private static String told(RecordedEvent event) {
        List<String> stack = frames(event)
                .limit(FRAMES_TOLD)
                .map(frame -> frame.getMethod().getType().getName() + "."
                        + frame.getMethod().getName())
                .toList();
        return event.getThread().getJavaName() + " " + event.getEventType().getName() + " at " + stack;
    }

    @Override
    public void close() {
        recording.close();
    }
}
