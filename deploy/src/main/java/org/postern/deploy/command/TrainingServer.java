// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.postern.core.directory.password.ScramSecret;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;

/// A server in a process and a folder of its own, on loopback, whose JVM writes an AOT cache (JEP 514) when
/// it ends.
final class TrainingServer implements AutoCloseable {
    private static final Duration LIFE_MAX = Duration.ofMinutes(3);
    private static final Duration TRAINING = Duration.ofSeconds(10);

    /// In one session; a server takes no end of them.
    private static final int MAILS = 20;

    private static final int SILENCE_MILLIS_MAX = 30_000;
    private static final int LINES_MAX = 3;
    private static final String ALICE = "alice@example.org";
    private static final Pattern READY = Pattern.compile("ready .*\\bmx=127\\.0\\.0\\.1:(\\d+).*");

    private final Path cache;
    private final Path folder;
    private final Process process;
    private final Thread limit;
    private final BufferedReader out;

    private TrainingServer(Path cache, Path folder, Process process) {
        this.cache = cache;
        this.folder = folder;
        this.process = process;
        this.limit = Thread.ofVirtual().start(this::endInTime);
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /// @param cache the file to write
    static TrainingServer start(Path cache) throws IOException {
        Path folder = Files.createTempDirectory("postern-prepare");
        try {
            SampleConfig sample = new SampleConfig(
                    List.of(new Domain("example.org")),
                    Map.of(MailAddress.parse(ALICE), ScramSecret.create("secret")),
                    null,
                    null,
                    null,
                    true);
            Files.writeString(folder.resolve("accounts.yaml"), sample.accountsFile());
            Files.writeString(folder.resolve("scram-secret"), sample.scramSecretFile());
            Path config = Files.writeString(folder.resolve("postern.yaml"), sample.configuration());
            ProcessBuilder builder = new ProcessBuilder(line(cache, config));
            builder.environment().put("POSTERN_LOG_LEVEL", "error");
            builder.redirectErrorStream(true);
            return new TrainingServer(cache, folder, builder.start());
        } catch (IOException | RuntimeException e) {
            remove(folder);
            throw e;
        }
    }

    /// The JVM of this process, with its options and class path: the cache counts for these only.
    private static List<String> line(Path cache, Path config) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-XX:AOT"))
                .forEach(line::add);
        line.addAll(List.of("-XX:AOTCacheOutput=" + cache, "-cp", System.getProperty("java.class.path")));
        line.addAll(List.of(Main.class.getName(), "all-in-one", "--config", config.toString()));
        for (String address : List.of("store.handoff.listen", "store.qmqp.listen", "management.listen")) {
            line.addAll(List.of("--set", address + "=127.0.0.1:0"));
        }
        for (String port : List.of("mx.listen.0", "submission.listen.0", "submission.listen.1")) {
            line.addAll(List.of("--set", "farms." + port + ".port=0"));
        }
        return line;
    }

    /// Sends it mails for some seconds, so that the JVM also learns which code runs often: it compiles that sooner
    /// after a start.
    void takeMails() throws IOException {
        int port = port();
        long end = System.nanoTime() + TRAINING.toNanos();
        do {
            takeMails(port, end);
        } while (System.nanoTime() < end);
    }

    private static void takeMails(int port, long end) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(SILENCE_MILLIS_MAX);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), SILENCE_MILLIS_MAX);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            expect(in, "220");
            say(socket, in, "EHLO client.example.net", "250");
            int mails = 0;
            do {
                say(socket, in, "MAIL FROM:<bob@example.net>", "250");
                say(socket, in, "RCPT TO:<" + ALICE + ">", "250");
                say(socket, in, "DATA", "354");
                // No two alike, or all but the first were told from memory.
                say(
                        socket,
                        in,
                        "From: bob@example.net\r\nSubject: " + System.nanoTime() + "\r\n\r\nLunch?\r\n.",
                        "250");
            } while (++mails < MAILS && System.nanoTime() < end);
            say(socket, in, "QUIT", "221");
        }
    }

    private int port() throws IOException {
        List<String> said = new ArrayList<>();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                return Integer.parseInt(ready.group(1));
            }
            if (said.size() < LINES_MAX) {
                said.add(line);
            }
        }
        throw new CommandFailure("the server ended before it was ready: " + String.join("; ", said));
    }

    private static void say(Socket socket, BufferedReader in, String line, String code) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        expect(in, code);
    }

    private static void expect(BufferedReader in, String code) throws IOException {
        String line = String.valueOf(in.readLine());
        while (line.startsWith(code + "-")) {
            line = String.valueOf(in.readLine());
        }
        if (!line.startsWith(code)) {
            throw new IOException("the server said " + line + " instead of " + code);
        }
    }

    private void endInTime() {
        try {
            Thread.sleep(LIFE_MAX);
            process.destroyForcibly();
        } catch (InterruptedException e) {
            // It ended before.
        }
    }

    /// Stops it and waits until the cache is written.
    void stop() throws IOException, InterruptedException {
        // Not Process.destroy, which closes the stream.
        process.toHandle().destroy();
        // The JVM says there what it does with the cache; a full pipe would stop it.
        out.transferTo(Writer.nullWriter());
        if (!process.waitFor(LIFE_MAX.toSeconds(), TimeUnit.SECONDS) || !Files.exists(cache)) {
            throw new CommandFailure("the JVM has written nothing to " + cache);
        }
    }

    @Override
    public void close() throws IOException {
        limit.interrupt();
        process.destroyForcibly();
        remove(folder);
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
