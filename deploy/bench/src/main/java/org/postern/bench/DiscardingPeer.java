// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.postern.testkit.Ports;

/// [DiscardingFront] in a process of its own, with the options of the `postern` command.
///
/// @param process it
/// @param folder its temporary files
/// @param address where it listens
record DiscardingPeer(Process process, Path folder, InetSocketAddress address) implements Peer {
    static DiscardingPeer start() {
        try {
            Path folder = Files.createTempDirectory("postern-bench-");
            int port = Ports.free();
            List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
            // Those of the postern command.
            command.addAll(List.of(
                    "-XX:InitialRAMPercentage=0.5",
                    "-XX:MaxRAMPercentage=50",
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "-XX:-UsePerfData",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    DiscardingFront.class.getName(),
                    String.valueOf(port),
                    folder.toString()));
            Process process = new ProcessBuilder(command)
                    .redirectError(folder.resolve("stderr.log").toFile())
                    .start();
            Processes.awaitReady(process, folder);
            return new DiscardingPeer(process, folder, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return "Postern's front";
    }

    @Override
    public String description() {
        return "the SMTP front alone, with a handoff that throws mail away";
    }

    @Override
    public Optional<Path> busyFolder() {
        return Optional.empty();
    }

    @Override
    public OptionalLong resident() {
        return Processes.resident(process);
    }

    @Override
    public void close() {
        Processes.stop(process);
        Processes.remove(folder);
    }
}
