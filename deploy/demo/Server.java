// SPDX-License-Identifier: Apache-2.0

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A running `postern` process. Its log goes to a file.
final class Server implements AutoCloseable {
    private final Process process;

    private Server(Process process) {
        this.process = process;
    }

    static Server start(List<String> line, Path log) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Server server = new Server(process);
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String text = out.readLine(); text != null; text = out.readLine()) {
            if (text.startsWith("ready")) {
                return server;
            }
        }
        server.stop();
        throw new IOException(String.join(" ", line) + " did not start:\n" + Files.readString(log));
    }

    long pid() {
        return process.pid();
    }

    /// SIGTERM, and waits.
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
