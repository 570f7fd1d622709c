// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A private clamd with one signature, the EICAR test file's; or none, where clamd is not installed.
final class DemoClamd implements AutoCloseable {
    private final Optional<Process> process;
    private final int port;

    private DemoClamd(Optional<Process> process, int port) {
        this.process = process;
        this.port = port;
    }

    static DemoClamd startIfInstalled(Path folder) throws IOException, InterruptedException {
        Optional<Path> program = Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":")), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(path -> Path.of(path, "clamd"))
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty()) {
            return new DemoClamd(Optional.empty(), 0);
        }
        int port = Site.freePorts(1)[0];
        Path database = Files.createDirectory(folder.resolve("database"));
        Files.writeString(
                database.resolve("eicar.ndb"), "Eicar-Test-Signature:0:*:" + HexFormat.of().formatHex(eicar()) + "\n");
        Path configuration = Files.writeString(
                folder.resolve("clamd.conf"),
                String.join("\n", "Foreground yes", "TCPAddr 127.0.0.1", "TCPSocket " + port, "DatabaseDirectory " + database,
                        "TemporaryDirectory " + folder, ""));
        Process process = new ProcessBuilder(program.get().toString(), "--config-file=" + configuration)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("clamd.log").toFile())
                .start();
        DemoClamd clamd = new DemoClamd(Optional.of(process), port);
        for (int attempt = 0; !clamd.answers(); attempt++) {
            if (attempt > 300 || !process.isAlive()) {
                clamd.close();
                throw new IOException("clamd did not start: " + Files.readString(folder.resolve("clamd.log")));
            }
            Thread.sleep(100);
        }
        return clamd;
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("zPING\0".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII).equals("PONG");
        } catch (IOException e) {
            return false;
        }
    }

    boolean running() {
        return process.isPresent();
    }

    Optional<String> address() {
        return process.map(running -> "127.0.0.1:" + port);
    }

    String words() {
        return process.map(running -> "Virus scanner: a private clamd (pid " + running.pid() + ") that knows one signature, EICAR.")
                .orElse("Virus scanner: none. clamd is not installed (Debian package clamav-daemon), so mail is judged by rules and "
                        + "attachment names only.");
    }

    /// The test file every virus scanner knows, put together here so that no scanner takes this source for it.
    static byte[] eicar() {
        return String.join("", List.of("X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"))
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isPresent()) {
            process.get().destroy();
            if (!process.get().waitFor(10, TimeUnit.SECONDS)) {
                process.get().destroyForcibly().waitFor();
            }
        }
    }
}
