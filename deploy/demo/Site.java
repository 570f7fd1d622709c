// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// An installation made by `postern init`, with free loopback ports instead of the usual ones.
final class Site {
    private final Path postern;
    private final Path folder;
    private final int[] ports;

    private Site(Path postern, Path folder, int[] ports) {
        this.postern = postern;
        this.folder = folder;
        this.ports = ports;
    }

    static Site init(Path postern, Path folder, String domain, String account, String password, Optional<String> clamd)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                postern.toString(), "init", folder.toString(), "--domain", domain, "--account", account + ":" + password, "--loopback"));
        clamd.ifPresent(address -> line.addAll(List.of("--clamd", address)));
        Process process = new ProcessBuilder(line).inheritIO().redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        if (process.waitFor() != 0) {
            throw new IOException("postern init failed");
        }
        return new Site(postern, folder, freePorts(6));
    }

    int mxPort() {
        return ports[0];
    }

    int submissionPort() {
        return ports[1];
    }

    /// Starts one role and returns when it serves.
    Server start(String name, String... role) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(postern.toString()));
        line.addAll(List.of(role));
        line.addAll(List.of("--config", folder.resolve("postern.yaml").toString()));
        for (String setting : List.of(
                "farms.mx.listen.0.port=" + ports[0],
                "farms.mx.deadline=10s",
                "farms.submission.listen.0.port=" + ports[1],
                "farms.submission.listen.1.port=" + ports[2],
                "store.qmqp.listen.0=127.0.0.1:" + ports[3],
                "store.handoff.listen.0=127.0.0.1:" + ports[4],
                "handoff.stores.0=127.0.0.1:" + ports[4],
                "management.listen=127.0.0.1:0")) {
            line.addAll(List.of("--set", setting));
        }
        return Server.start(line, folder.resolve(name + ".log"));
    }

    /// Where the mails are that hold this header line: `mailbox`, `mailbox, tagged`, `quarantine` or `spool`, one word a copy.
    List<String> mailsWith(String headerLine) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String place = folder.relativize(file).toString();
                if (!place.startsWith("mail/") && !place.startsWith("quarantine/") && !place.startsWith("spool/m/")) {
                    continue;
                }
                String text;
                try {
                    text = Files.readString(file, StandardCharsets.ISO_8859_1);
                } catch (IOException movedMeanwhile) {
                    continue;
                }
                if (text.contains(headerLine)) {
                    found.add(
                            place.startsWith("quarantine/") ? "quarantine"
                                    : place.startsWith("spool/") ? "spool"
                                            : text.contains("X-Spam-Flag: YES") ? "mailbox, tagged" : "mailbox");
                }
            }
        }
        return found;
    }

    static int[] freePorts(int count) throws IOException {
        List<ServerSocket> open = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                open.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return open.stream().mapToInt(ServerSocket::getLocalPort).toArray();
        } finally {
            for (ServerSocket socket : open) {
                socket.close();
            }
        }
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
