// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.testkit.Ports;

/// A site that `postern init` wrote, with ports nobody else uses and no filter but clamd.
///
/// @param folder everything of it
/// @param command what runs it
/// @param smtpPort of the farm mx
/// @param qmqpPort of the store
record PosternSite(Path folder, List<String> command, int smtpPort, int qmqpPort) {
    PosternSite {
        command = List.copyOf(command);
    }

    static PosternSite init(Path postern, Optional<Path> clamd) {
        try {
            Path folder = Files.createTempDirectory("postern-bench-");
            List<String> init = new ArrayList<>(List.of(postern.toString(), "init", folder.toString()));
            init.addAll(List.of("--domain", "example.org", "--account", "anna@example.org:secret", "--loopback"));
            clamd.ifPresent(socket -> init.addAll(List.of("--clamd", "unix:" + socket)));
            Processes.finish(
                    new ProcessBuilder(init)
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("init.log").toFile())
                            .start(),
                    "postern init");
            leaveClamdOnly(folder.resolve("postern.yaml"));
            int smtp = Ports.free();
            int qmqp = Ports.free();
            List<String> command = new ArrayList<>(List.of(postern.toString(), "all-in-one"));
            command.addAll(List.of("--config", folder.resolve("postern.yaml").toString()));
            for (String setting : settings(smtp, qmqp)) {
                command.addAll(List.of("--set", setting));
            }
            return new PosternSite(folder, command, smtp, qmqp);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> settings(int smtp, int qmqp) {
        int handoff = Ports.free();
        return List.of(
                "farms.mx.listen.0.port=" + smtp,
                "farms.submission.listen.0.port=" + Ports.free(),
                "farms.submission.listen.1.port=" + Ports.free(),
                "store.qmqp.listen=127.0.0.1:" + qmqp,
                "store.handoff.listen=127.0.0.1:" + handoff,
                "handoff.stores.0=127.0.0.1:" + handoff,
                "management.listen=127.0.0.1:" + Ports.free());
    }

    /// Takes the filters out that Postfix has no match for; clamd stays where it was asked for.
    static void leaveClamdOnly(Path file) throws IOException {
        List<String> kept = new ArrayList<>();
        boolean inFilters = false;
        for (String line : Files.readAllLines(file)) {
            if (line.matches(" +filters: *")) {
                inFilters = true;
                kept.add(line);
            } else if (inFilters && line.matches(" {6}\\S.*")) {
                if (line.strip().startsWith("clamav:")) {
                    kept.add(line);
                }
            } else {
                inFilters &= line.isBlank() || line.strip().startsWith("#");
                kept.add(line);
            }
        }
        String text = String.join("\n", kept) + "\n";
        // A mapping without entries must be written as one.
        Files.writeString(file, text.replaceAll("(?m)^( +filters:) *$(?!\\n +clamav:)", "$1 {}"));
    }

    /// Where mail waits for delivery.
    Path spool() {
        return folder.resolve("spool");
    }
}
