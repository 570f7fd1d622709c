// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Servers that do the same under the same load, in turns.
///
/// @param name how it is asked for on the command line
/// @param title what is done, for the heading
/// @param unit what is counted a second
/// @param load what is done to them
/// @param sizes of the messages in octets; one of 0 where there are none
/// @param servers what starts each of them
/// @param ratios pairs of names whose rates are divided
record Contest(
        String name,
        String title,
        String unit,
        Load load,
        List<Integer> sizes,
        List<Supplier<Peer>> servers,
        List<Ratio> ratios) {
    /// @param one its rate is divided
    /// @param other by this one's
    record Ratio(String one, String other) {}

    /// What came of it.
    record Result(Contest contest, List<String> servers, List<Measurement> measurements) {
        boolean clean() {
            return measurements.stream()
                    .allMatch(measurement -> measurement.result().notAccepted() == 0);
        }
    }

    /// Starts the servers and measures them.
    ///
    /// @param started gets each server; whoever asked stops them, at the end of all contests
    Result run(Settings settings, Consumer<Peer> started) {
        List<Peer> peers = new ArrayList<>();
        for (Supplier<Peer> server : servers) {
            Peer peer = server.get();
            started.accept(peer);
            peers.add(peer);
        }
        List<Measurement> measurements = measure(settings, peers);
        return new Result(this, peers.stream().map(Contest::described).toList(), measurements);
    }

    private static String described(Peer peer) {
        OptionalLong resident = peer.resident();
        return "- " + peer.name() + ": " + peer.description()
                + (resident.isPresent() ? "; " + resident.getAsLong() / 1_000_000 + " MB resident at the end" : "")
                + ".";
    }

    /// A turn for each first, which is not counted: code is compiled, files and caches are in place.
    private List<Measurement> measure(Settings settings, List<Peer> peers) {
        for (Peer peer : peers) {
            for (int size : sizes) {
                var _ = load.run(
                        peer.address(),
                        size,
                        Duration.ofSeconds(settings.warmUp()).dividedBy(sizes.size()));
            }
            Settle.await(peer.busyFolder());
        }
        List<Measurement> measurements = new ArrayList<>();
        for (int round = 1; round <= settings.rounds(); round++) {
            for (int size : sizes) {
                // Every other round backwards, so that nobody always follows the same neighbour.
                for (Peer peer : round % 2 == 0 ? peers.reversed() : peers) {
                    LoadResult result = load.run(peer.address(), size, Duration.ofSeconds(settings.seconds()));
                    Settle.await(peer.busyFolder());
                    measurements.add(new Measurement(round, size, peer.name(), result));
                    System.out.printf(
                            Locale.ROOT,
                            "%-9s round %d  %6d octets  %-28s %7.0f %s/s%s%n",
                            name,
                            round,
                            size,
                            peer.name(),
                            result.perSecond(),
                            unit,
                            complaint(result));
                }
            }
        }
        return measurements;
    }

    private static String complaint(LoadResult result) {
        return result.notAccepted() == 0 ? "" : "  NOT AS WANTED: " + result.others();
    }
}
