// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The tables: rates and waits of every server, and Postern's rate as a ratio to Postfix' of the same round.
final class Report {
    private Report() {}

    static String markdown(Settings settings, String machine, List<Peer> peers, List<Measurement> measurements) {
        StringBuilder text = new StringBuilder();
        text.append("Machine: ").append(machine).append(".\n\n");
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "%d rounds of %d s each, %d connections of %d mails, every message unique, the load generated on the"
                                + " same machine. Median over the rounds; lowest and highest in brackets.",
                        settings.rounds(),
                        settings.seconds(),
                        settings.connections(),
                        settings.mailsPerConnection()));
        for (int size : settings.sizes()) {
            line(text, "");
            line(text, String.format(Locale.ROOT, "Messages of %d bytes:", size));
            line(text, "");
            line(text, "| server | mails/s | wait for 250: median ms | 99 % ms | not accepted |");
            line(text, "|---|---:|---:|---:|---:|");
            for (Peer peer : peers) {
                row(text, peer, of(measurements, size, peer.name()));
            }
            line(text, "");
            line(text, "| ratio of mails/s in the same round | median | lowest | highest |");
            line(text, "|---|---:|---:|---:|");
            ratio(text, measurements, size, Peers.POSTERN, Peers.POSTFIX);
            ratio(text, measurements, size, Peers.POSTERN, Peers.POSTFIX_MAILDIR);
            ratio(text, measurements, size, Peers.POSTERN_CLAMD, Peers.POSTFIX_MILTER);
        }
        line(text, "");
        line(text, "What each server does:");
        line(text, "");
        peers.forEach(peer -> line(text, String.format(Locale.ROOT, "- %s: %s.", peer.name(), peer.description())));
        return text.toString();
    }

    private static void row(StringBuilder text, Peer peer, List<Measurement> rounds) {
        Spread rate = Spread.of(rounds, round -> round.result().perSecond());
        Spread median = Spread.of(rounds, round -> round.result().waitMillis(0.5));
        Spread tail = Spread.of(rounds, round -> round.result().waitMillis(0.99));
        int notAccepted =
                rounds.stream().mapToInt(round -> round.result().notAccepted()).sum();
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "| %s | %.0f (%.0f–%.0f) | %.1f | %.1f | %d |",
                        peer.name(),
                        rate.median(),
                        rate.lowest(),
                        rate.highest(),
                        median.median(),
                        tail.median(),
                        notAccepted));
    }

    private static void ratio(StringBuilder text, List<Measurement> all, int size, String one, String other) {
        List<Measurement> ones = of(all, size, one);
        List<Measurement> others = of(all, size, other);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(ones.size(), others.size()); i++) {
            ratios.add(ones.get(i).result().perSecond() / others.get(i).result().perSecond());
        }
        if (ratios.isEmpty()) {
            return;
        }
        Spread spread = Spread.of(ratios, Double::doubleValue);
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "| %s / %s | %.2f | %.2f | %.2f |",
                        one,
                        other,
                        spread.median(),
                        spread.lowest(),
                        spread.highest()));
    }

    private static List<Measurement> of(List<Measurement> all, int size, String peer) {
        return all.stream()
                .filter(one -> one.size() == size && one.peer().equals(peer))
                .toList();
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
