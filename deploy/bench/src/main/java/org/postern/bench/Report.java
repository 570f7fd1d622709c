// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The tables: rates and waits of every server, and the ratios of rates of the same round.
final class Report {
    private Report() {}

    static String of(Contest.Result result, Settings settings) {
        StringBuilder text = new StringBuilder();
        Contest contest = result.contest();
        line(text, "## %s", contest.title());
        line(text, "");
        line(
                text,
                "%d rounds of %d s each after %d s to warm up, %d connections. Median over the rounds; lowest and highest"
                        + " in brackets.",
                settings.rounds(),
                settings.seconds(),
                settings.warmUp(),
                Load.CONNECTIONS);
        for (int size : contest.sizes()) {
            line(text, "");
            if (size > 0) {
                line(text, "Messages of %d octets:", size);
                line(text, "");
            }
            line(text, "| server | %s/s | wait: median ms | 99 %% ms | not as wanted |", contest.unit());
            line(text, "|---|---:|---:|---:|---:|");
            List<Measurement> measured = result.measurements().stream()
                    .filter(one -> one.size() == size)
                    .toList();
            measured.stream()
                    .map(Measurement::peer)
                    .distinct()
                    .sorted()
                    .forEach(peer -> row(text, peer, of(measured, peer)));
            line(text, "");
            line(text, "| ratio of the rates in the same round | median | lowest | highest |");
            line(text, "|---|---:|---:|---:|");
            contest.ratios().forEach(ratio -> ratio(text, measured, ratio));
        }
        line(text, "");
        result.servers().forEach(server -> line(text, "%s", server));
        line(text, "");
        return text.toString();
    }

    private static void row(StringBuilder text, String peer, List<Measurement> rounds) {
        Spread rate = Spread.of(rounds, round -> round.result().perSecond());
        Spread median = Spread.of(rounds, round -> round.result().waitMillis(0.5));
        Spread tail = Spread.of(rounds, round -> round.result().waitMillis(0.99));
        int others =
                rounds.stream().mapToInt(round -> round.result().notAccepted()).sum();
        boolean told =
                rounds.stream().noneMatch(round -> round.result().sortedWaits().isEmpty());
        line(
                text,
                "| %s | %.0f (%.0f–%.0f) | %s | %s | %d |",
                peer,
                rate.median(),
                rate.lowest(),
                rate.highest(),
                told ? String.format(Locale.ROOT, "%.1f", median.median()) : "",
                told ? String.format(Locale.ROOT, "%.1f", tail.median()) : "",
                others);
    }

    private static void ratio(StringBuilder text, List<Measurement> measured, Contest.Ratio ratio) {
        List<Measurement> ones = of(measured, ratio.one());
        List<Measurement> others = of(measured, ratio.other());
        if (ones.isEmpty() || others.isEmpty()) {
            // A peer that is not installed.
            return;
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(ones.size(), others.size()); i++) {
            ratios.add(ones.get(i).result().perSecond() / others.get(i).result().perSecond());
        }
        Spread spread = Spread.of(ratios, Double::doubleValue);
        line(
                text,
                "| %s / %s | %.2f | %.2f | %.2f |",
                ratio.one(),
                ratio.other(),
                spread.median(),
                spread.lowest(),
                spread.highest());
    }

    private static List<Measurement> of(List<Measurement> all, String peer) {
        return all.stream().filter(one -> one.peer().equals(peer)).toList();
    }

    @FormatMethod
    private static void line(StringBuilder text, @FormatString String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
