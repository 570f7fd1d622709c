// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.ocr;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.documents.Picture;
import org.postern.scanworkers.process.ChildProcess;
import org.postern.scanworkers.process.Workers;
import org.postern.scanworkers.process.Workers.Outcome;

/// The program tesseract: one process for each picture, a bounded number at once. Many threads may ask.
final class Tesseract implements AutoCloseable {
    private static final int TEXT_MAX = 256 * 1024;
    private static final Duration PROBE_AGAIN = Duration.ofSeconds(30);
    private static final Duration PROBE_TIME = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final OcrConfig config;
    private final Path tempFolder;
    private final MeterRegistry meters;
    private final Workers workers;
    private @Nullable Deadline trusted; // guarded by this
    private Optional<String> trouble = Optional.empty(); // guarded by this

    Tesseract(OcrConfig config, Path tempFolder, MeterRegistry meters) {
        this.config = config;
        this.tempFolder = tempFolder.toAbsolutePath();
        this.meters = meters;
        this.workers = new Workers("ocr", config.atOnce());
        Gauge.builder("postern.ocr.running", workers, Workers::busy)
                .description("pictures that are being recognized")
                .register(meters);
    }

    /// What came of a picture.
    sealed interface Recognition {
        /// The text in it, maybe none.
        record Text(String text) implements Recognition {}

        /// It took more memory than any picture may, or broke tesseract: a fault of the picture.
        record Refused(String why) implements Recognition {}

        /// It could not be looked at, or not in time: another time may be better.
        record NotRun(NoVerdictReason reason, String why) implements Recognition {}
    }

    Recognition recognize(Picture picture, Deadline deadline) throws IOException, InterruptedException {
        long started = System.nanoTime();
        Recognition recognition = run(picture, deadline);
        String outcome = switch (recognition) {
            case Recognition.Text _ -> "text";
            case Recognition.Refused _ -> "refused";
            case Recognition.NotRun _ -> "not-run";
        };
        meters.timer("postern.ocr.recognize", "outcome", outcome).record(Duration.ofNanos(System.nanoTime() - started));
        return recognition;
    }

    private Recognition run(Picture picture, Deadline deadline) throws IOException, InterruptedException {
        Optional<Path> program = ChildProcess.find(config.program());
        Optional<String> wrong = trouble(deadline);
        if (program.isEmpty() || wrong.isPresent()) {
            return new Recognition.NotRun(NoVerdictReason.UNAVAILABLE, wrong.orElse("tesseract is missing"));
        }
        Task task = new Task(
                program.get(),
                List.of("stdin", "stdout", "-l", config.languages(), "-c", "debug_file=/dev/null"),
                Optional.of(picture));
        Outcome<Ended> outcome = workers.run(task, deadline, () -> deadline.within(config.time()));
        return switch (outcome) {
            case Outcome.Done<Ended> done ->
                done.value().code == 0
                        ? new Recognition.Text(done.value().text)
                        : new Recognition.Refused("tesseract ended with " + done.value().code
                                + ": too much memory or processor time, or a defect");
            case Outcome.Killed<Ended> _ ->
                new Recognition.NotRun(
                        NoVerdictReason.TIMED_OUT,
                        deadline.expired()
                                ? "the mail's time ended while a picture was recognized"
                                : "a picture was not recognized within "
                                        + config.time().toMillis() + " ms");
            case Outcome.NoPlace<Ended> _ ->
                new Recognition.NotRun(NoVerdictReason.OVERLOADED, "all places for recognition stayed taken");
            case Outcome.Failed<Ended> failed ->
                task.started
                        ? new Recognition.Refused("tesseract broke off: " + failed.why())
                        : new Recognition.NotRun(
                                NoVerdictReason.UNAVAILABLE, "tesseract cannot be started: " + failed.why());
        };
    }

    /// What is wrong with the program or its languages; asked once, and again from time to time while something is.
    Optional<String> trouble(Deadline deadline) throws IOException, InterruptedException {
        synchronized (this) {
            if (trusted != null && (trouble.isEmpty() || !trusted.expired())) {
                return trouble;
            }
        }
        Optional<String> found = probe(deadline);
        if (!deadline.expired()) { // else it says something of this mail only
            synchronized (this) {
                trouble = found;
                trusted = Deadline.in(PROBE_AGAIN);
            }
        }
        return found;
    }

    private Optional<String> probe(Deadline deadline) throws IOException, InterruptedException {
        Optional<Path> program = ChildProcess.find(config.program());
        if (program.isEmpty()) {
            return Optional.of(
                    "the program " + config.program() + " is missing; in Debian: apt-get install tesseract-ocr");
        }
        Task task = new Task(program.get(), List.of("--list-langs"), Optional.empty());
        return switch (workers.run(task, deadline, () -> deadline.within(PROBE_TIME))) {
            case Outcome.Done<Ended> done ->
                done.value().code == 0
                        ? missingLanguages(done.value().text)
                        : Optional.of(config.program() + " --list-langs ended with " + done.value().code);
            case Outcome.Killed<Ended> _ -> Optional.of(config.program() + " --list-langs does not end");
            case Outcome.NoPlace<Ended> _ -> Optional.of("all places for recognition stayed taken");
            case Outcome.Failed<Ended> failed -> Optional.of(config.program() + " cannot be run: " + failed.why());
        };
    }

    private Optional<String> missingLanguages(String listed) {
        List<String> there = listed.lines().map(String::strip).toList();
        List<String> missing = Arrays.stream(config.languages().split("\\+", -1))
                .filter(language -> !there.contains(language))
                .toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("tesseract has no data for " + String.join(", ", missing)
                        + "; in Debian: apt-get install "
                        + String.join(
                                " ",
                                missing.stream()
                                        .map(language -> "tesseract-ocr-" + language.replace('_', '-'))
                                        .toList()));
    }

    /// How a process ended.
    private record Ended(int code, String text) {}

    private final class Task implements Workers.Task<Ended> {
        private final Path program;
        private final List<String> arguments;
        private final Optional<Picture> picture;
        private volatile @Nullable ChildProcess process;
        private volatile boolean killed;
        private volatile boolean started;

        Task(Path program, List<String> arguments, Optional<Picture> picture) {
            this.program = program;
            this.arguments = arguments;
            this.picture = picture;
        }

        @Override
        public void prepare() {} // the picture is there already

        @Override
        public Ended call() throws IOException, InterruptedException {
            ChildProcess.Limits limits = new ChildProcess.Limits(
                    Optional.of(config.memory()),
                    config.time().plus(GRACE), // for when nobody is left to kill it
                    64,
                    ByteSize.ofMiB(1));
            try (ChildProcess child =
                    ChildProcess.start(program, arguments, limits, Map.of("OMP_THREAD_LIMIT", "1"), tempFolder)) {
                process = child;
                started = true;
                if (killed) {
                    throw new IOException("too late");
                }
                try (OutputStream out = new BufferedOutputStream(child.stdin(), 64 * 1024)) {
                    if (picture.isPresent()) {
                        picture.get().writePgm(out);
                    }
                } catch (IOException e) {
                    // It ended before it had read all: that is no success, whatever it says.
                    return new Ended(
                            child.exitCode(GRACE).filter(code -> code != 0).orElse(-1), "");
                }
                byte[] text = child.stdout().readNBytes(TEXT_MAX);
                return new Ended(
                        text.length == TEXT_MAX ? 0 : child.exitCode(GRACE).orElse(-1),
                        new String(text, StandardCharsets.UTF_8));
            }
        }

        @Override
        public void kill() {
            killed = true;
            ChildProcess child = process;
            if (child != null) {
                child.kill();
            }
        }
    }

    @Override
    public void close() {
        workers.close();
    }
}
