// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;

/// The `./run bench` command: one contest after the other, each with servers of its own; prints and writes the tables.
public final class Bench {
    private Bench() {}

    /// Exit codes: 0 measured, 1 something failed or did not go as wanted, 2 wrong use.
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
        String machine = "Machine: " + Machine.describe() + ".\n\n";
        System.out.println(machine);
        StringBuilder report = new StringBuilder(machine);
        boolean clean = true;
        if (settings.wants("rest")) {
            report.append(Footprint.measure(settings.postern()));
        }
        // Stopped and removed after the last measurement: a file system that has just deleted a hundred thousand files
        // makes new ones at half the rate for minutes (ext4 without a journal), whoever asks.
        Deque<Peer> peers = new ArrayDeque<>();
        try (Scanner scanner = Scanner.start()) {
            long seed = ThreadLocalRandom.current().nextLong();
            System.out.println("messages made from seed " + seed);
            for (Contest contest : Contests.all(settings.postern(), scanner.clamd(), scanner.milter(), seed)) {
                if (settings.wants(contest.name())) {
                    Contest.Result result = contest.run(settings, peers::push);
                    clean &= result.clean();
                    report.append(Report.of(result, settings));
                }
            }
        } finally {
            peers.forEach(Peer::close);
        }
        System.out.println(report);
        Files.writeString(settings.output(), report);
        System.out.println("written to " + settings.output());
        return clean;
    }
}
