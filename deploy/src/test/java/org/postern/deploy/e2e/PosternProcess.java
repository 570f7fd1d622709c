// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A running `postern` command of the packaged distribution. Standard error goes to a file next to the site.
final class PosternProcess implements AutoCloseable {
    private static final String JAVA_OPTIONS = "POSTERN_JAVA_OPTIONS";
    private static final String SMALL_HEAP = "-Xmx512m";

    private final Process process;
    private final String readyLine;

    private PosternProcess(Process process, String readyLine) {
        this.process = process;
        this.readyLine = readyLine;
    }

    /// The packaged command. Fails with what to do where the distribution was not built.
    static Path command() {
        Path command = projectRoot().resolve("deploy/target/postern/bin/postern");
        if (!Files.isExecutable(command)) {
            throw new IllegalStateException("no " + command + ": build it with ./run build");
        }
        return command;
    }

    static Path projectRoot() {
        return Path.of(System.getProperty("postern.project.root", ".."));
    }

    /// Starts a server command and waits for its `ready` line.
    static PosternProcess serve(Path log, String... arguments) throws IOException, InterruptedException {
        return serve(log, List.of(), arguments);
    }

    /// As [#serve(Path, String...)], below a wrapper such as `strace`.
    static PosternProcess serve(Path log, List<String> wrapper, String... arguments)
            throws IOException, InterruptedException {
        return serve(SMALL_HEAP, log, wrapper, arguments);
    }

    /// As [#serve(Path, String...)], with these options of Java.
    static PosternProcess serveWith(String javaOptions, Path log, String... arguments)
            throws IOException, InterruptedException {
        return serve(javaOptions, log, List.of(), arguments);
    }

    private static PosternProcess serve(String javaOptions, Path log, List<String> wrapper, String... arguments)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(wrapper);
        line.add(command().toString());
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().put(JAVA_OPTIONS, javaOptions);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process process = builder.start();
        process.getOutputStream().close();
        CompletableFuture<String> ready = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                for (String text = out.readLine(); text != null; text = out.readLine()) {
                    if (text.startsWith("ready")) {
                        ready.complete(text);
                    }
                }
            } catch (IOException e) {
                ready.completeExceptionally(e);
            }
            ready.completeExceptionally(new IOException("ended without a ready line; see " + log));
        });
        try {
            return new PosternProcess(process, ready.get(60, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly().waitFor();
            throw new IOException(
                    String.join(" ", line) + ": " + e.getMessage() + System.lineSeparator() + Files.readString(log), e);
        }
    }

    /// Runs a command that ends by itself.
    static Ended run(String... arguments) throws IOException, InterruptedException {
        return run(List.of(), arguments);
    }

    /// As [#run(String...)], below a wrapper.
    static Ended run(List<String> wrapper, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(wrapper);
        line.add(command().toString());
        line.addAll(List.of(arguments));
        Path out = Files.createTempFile("postern", ".out");
        Path err = Files.createTempFile("postern", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(line);
            builder.environment().put(JAVA_OPTIONS, SMALL_HEAP);
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IOException(String.join(" ", line) + " did not end: " + Files.readString(err));
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    String readyLine() {
        return readyLine;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// The exit code of a server that ends by itself. Fails where it does not.
    int exitCode(Duration patience) throws InterruptedException, IOException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("did not end within " + patience);
        }
        return process.exitValue();
    }

    /// `kill -9`, and waits until it is gone.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// SIGTERM, and the exit code. Fails where it takes longer than the time a clean stop may take.
    int terminate(Duration patience) throws InterruptedException, IOException {
        process.destroy();
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
            throw new IOException("did not stop within " + patience);
        }
        return process.exitValue();
    }

    /// Below a wrapper such as `strace` the server is a child, which would outlive it.
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /// @param exit the exit code
    /// @param out standard output
    /// @param err standard error
    record Ended(int exit, String out, String err) {}
}
