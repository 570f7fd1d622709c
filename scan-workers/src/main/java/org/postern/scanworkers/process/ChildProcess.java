// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.postern.core.limits.ByteSize;

/// A running child with its limits, in a session of its own. Closing kills it and everything it started.
public final class ChildProcess implements AutoCloseable {
    private static final int NICE = 10;
    private static final String SEARCHED = "/usr/local/bin:/usr/bin:/bin";
    private static final Path PROC = Path.of("/proc");
    private static final int ROUNDS = 10;

    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
    }

    /// What a child may use.
    ///
    /// @param memory address space; empty for a JVM, which reserves more than it uses and has a bound of its own
    /// @param processorTime after which the kernel kills it, whoever is left to watch
    /// @param files how many it may have open
    /// @param fileSize the largest file it may write
    public record Limits(Optional<ByteSize> memory, Duration processorTime, int files, ByteSize fileSize) {}

    /// Where a program is; a name without a slash is looked for as the shell does.
    public static Optional<Path> find(String program) {
        if (program.contains("/")) {
            Path path = Path.of(program);
            return Files.isExecutable(path) ? Optional.of(path) : Optional.empty();
        }
        String folders = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + SEARCHED;
        for (String folder : folders.split(File.pathSeparator)) {
            Path path = Path.of(folder).resolve(program);
            if (path.isAbsolute() && Files.isExecutable(path) && Files.isRegularFile(path)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }

    /// Starts a child with nothing in its environment but what is given, a PATH and the locale C.
    ///
    /// @throws IOException where the program, `setsid`, `nice` or `prlimit` is missing
    public static ChildProcess start(
            Path program, List<String> arguments, Limits limits, Map<String, String> environment, Path folder)
            throws IOException {
        List<String> command = new ArrayList<>();
        // Each replaces itself by the next: there is one process, and it leads the session.
        command.add(needed("setsid").toString());
        command.addAll(List.of(needed("nice").toString(), "-n", Integer.toString(NICE)));
        command.add(needed("prlimit").toString());
        limits.memory().ifPresent(memory -> command.add("--as=" + memory.bytes()));
        command.add("--cpu=" + Math.max(1, limits.processorTime().toSeconds()));
        command.add("--nofile=" + limits.files());
        command.add("--fsize=" + limits.fileSize().bytes());
        command.add("--core=0");
        command.add("--");
        command.add(program.toString());
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", SEARCHED, "LC_ALL", "C", "TMPDIR", folder.toString()));
        builder.environment().putAll(environment);
        return new ChildProcess(builder.start());
    }

    private static Path needed(String program) throws IOException {
        return find(program)
                .orElseThrow(
                        () -> new IOException("the program " + program + " is missing; it is in the Debian package "
                                + (program.equals("nice") ? "coreutils" : "util-linux")));
    }

    public InputStream stdout() {
        return process.getInputStream();
    }

    public OutputStream stdin() {
        return process.getOutputStream();
    }

    public boolean alive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /// Waits for the end; the exit code, or nothing when it has not ended in that time.
    public Optional<Integer> exitCode(Duration within) throws InterruptedException {
        return process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS)
                ? Optional.of(process.exitValue())
                : Optional.empty();
    }

    /// Kills it and its descendants at once. Blocked readers and writers of its streams get an end or an error. May be
    /// called by any thread, and again.
    public void kill() {
        process.destroyForcibly();
        // Those whose parent has ended are nobody's descendants any more, but still of the session; and one may start
        // another while it is looked for.
        for (int i = 0; i < ROUNDS; i++) {
            List<ProcessHandle> left = session();
            if (left.isEmpty()) {
                return;
            }
            left.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /// What lives of the session. proc(5).
    private List<ProcessHandle> session() {
        try (Stream<Path> processes = Files.list(PROC)) {
            return processes
                    .filter(folder -> folder.getFileName().toString().matches("\\d{1,10}"))
                    .filter(folder -> isOfSession(stat(folder)))
                    .flatMap(folder ->
                            ProcessHandle.of(Long.parseLong(folder.getFileName().toString())).stream())
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return process.descendants().toList();
        }
    }

    /// @param stat `pid (name) state parent group session …`, where the name may hold anything
    private boolean isOfSession(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 5);
        return fields.length == 5 && !fields[0].matches("[ZX]") && fields[3].equals(Long.toString(process.pid()));
    }

    /// Empty where it has ended meanwhile.
    private static String stat(Path folder) {
        try {
            return Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        kill();
        closeQuietly(process.getOutputStream());
        closeQuietly(process.getInputStream());
    }

    private static void closeQuietly(AutoCloseable stream) {
        try {
            stream.close();
        } catch (Exception e) {
            // What was not written goes nowhere: the reader is dead.
            return;
        }
    }
}
