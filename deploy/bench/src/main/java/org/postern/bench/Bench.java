// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.postern.testkit.ClamavMilter;
import org.postern.testkit.Clamd;
import org.postern.testkit.Way;

/// The `./run bench` command: starts every server, measures them in turns, prints and writes the tables, stops all.
public final class Bench {
    private Bench() {}

    /// Exit codes: 0 measured, 1 something failed or mail was not accepted, 2 wrong use.
    public static void main(String[] arguments) throws IOException {
        Settings settings;
        try {
            settings = Settings.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        boolean clean = run(settings);
        // Daemons' shutdown hooks and idle threads do not keep the command.
        System.exit(clean ? 0 : 1);
    }

    private static boolean run(Settings settings) throws IOException {
        String machine = Machine.describe();
        System.out.println(machine);
        List<Measurement> measurements;
        try (Clamd clamd = Clamd.options().way(Way.PATH).set("MaxThreads", "12").start();
                ClamavMilter milter =
                        ClamavMilter.options(clamd.address()).way(Way.PATH).start();
                Peers peers = Peers.start(settings.postern(), clamd.address(), milter.address())) {
            long seed = ThreadLocalRandom.current().nextLong();
            System.out.println("messages made from seed " + seed);
            measurements = measure(settings, peers.list(), seed);
            String report = Report.markdown(settings, machine, peers.list(), measurements);
            System.out.println(report);
            Files.writeString(settings.output(), report);
            System.out.println("written to " + settings.output());
        }
        return measurements.stream()
                .allMatch(measurement -> measurement.result().notAccepted() == 0);
    }

    /// A short turn for each first, which is not counted: code is compiled, files and caches are in place.
    private static List<Measurement> measure(Settings settings, List<Peer> peers, long seed) {
        Load warmUp = new Load(settings.connections(), settings.mailsPerConnection(), Duration.ofSeconds(4));
        for (Peer peer : peers) {
            warmUp.run(peer.address(), new Messages(settings.sizes().getFirst(), seed - 1));
            Settle.await(peer.busyFolder());
        }
        List<Measurement> measurements = new ArrayList<>();
        for (int round = 1; round <= settings.rounds(); round++) {
            for (int size : settings.sizes()) {
                // Every other round backwards, so that nobody always follows the same neighbour.
                for (Peer peer : round % 2 == 0 ? peers.reversed() : peers) {
                    Messages messages = new Messages(size, seed + measurements.size());
                    LoadResult result = settings.load().run(peer.address(), messages);
                    Settle.await(peer.busyFolder());
                    measurements.add(new Measurement(round, size, peer.name(), result));
                    System.out.printf(
                            "round %d  %6d bytes  %-28s %7.0f mails/s%s%n",
                            round, size, peer.name(), result.perSecond(), complaint(result));
                }
            }
        }
        return measurements;
    }

    private static String complaint(LoadResult result) {
        return result.notAccepted() == 0 ? "" : "  NOT ACCEPTED: " + result.others();
    }
}
