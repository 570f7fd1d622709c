// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postern.testkit.Ports;

/// What the benchmark changes in a site that `postern init` wrote: ports nobody else uses, and no filter but clamd.
final class PosternSite {
    private PosternSite() {}

    /// The words after `postern all-in-one`.
    static List<String> arguments(Path site, int port) {
        int handoff = Ports.free();
        List<String> arguments =
                new ArrayList<>(List.of("--config", site.resolve("postern.yaml").toString()));
        for (String setting : List.of(
                "farms.mx.listen.0.port=" + port,
                "farms.submission.listen.0.port=" + Ports.free(),
                "farms.submission.listen.1.port=" + Ports.free(),
                "store.qmqp.listen=127.0.0.1:" + Ports.free(),
                "store.handoff.listen=127.0.0.1:" + handoff,
                "handoff.stores.0=127.0.0.1:" + handoff,
                "management.listen=127.0.0.1:" + Ports.free())) {
            arguments.addAll(List.of("--set", setting));
        }
        return arguments;
    }

    /// Takes the filters out that Postfix has no match for; clamd stays where it was asked for.
    static void leaveClamdOnly(Path site) throws IOException {
        Path file = site.resolve("postern.yaml");
        List<String> kept = Files.readAllLines(file).stream()
                .filter(line -> !line.matches("\\s+(rules|attachments): .*"))
                .toList();
        String text = String.join("\n", kept) + "\n";
        // A mapping without entries must be written as one.
        Files.writeString(file, text.replaceAll("(?m)^( +filters:)$(?!\\n +clamav:)", "$1 {}"));
    }

    /// Where mail waits for delivery.
    static Path spool(Path site) {
        return site.resolve("spool");
    }
}
