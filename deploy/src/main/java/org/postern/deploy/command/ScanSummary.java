// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Verdict;

/// What became of many mails, by the folder they are in. Filled by many threads.
final class ScanSummary {
    private static final int SYMBOLS_MAX = 40;

    private final Map<String, Counts> folders = new TreeMap<>();
    private final Map<String, SymbolCount> symbols = new TreeMap<>();
    private final Map<String, Integer> silent = new TreeMap<>();

    private static final class Counts {
        final Map<String, Integer> verdicts = new TreeMap<>();
        final List<Double> scores = new ArrayList<>();
    }

    private static final class SymbolCount {
        int mails;
        double points;
    }

    synchronized void add(Path file, Assessment assessment) {
        Path parent = file.getParent();
        Counts counts = folders.computeIfAbsent(parent == null ? "." : parent.toString(), name -> new Counts());
        counts.verdicts.merge(name(assessment.verdict()), 1, Integer::sum);
        counts.scores.add(assessment.score());
        for (Assessment.Contribution each : assessment.contributions()) {
            SymbolCount count =
                    symbols.computeIfAbsent(each.filter() + " " + each.finding().symbol(), symbol -> new SymbolCount());
            count.mails++;
            count.points += each.points();
        }
        for (Map.Entry<String, FilterResult.NoVerdict> each :
                assessment.silent().entrySet()) {
            silent.merge(
                    each.getKey() + " " + each.getValue().reason().name().toLowerCase(Locale.ROOT), 1, Integer::sum);
        }
    }

    private static String name(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accept _ -> "accept";
            case Verdict.Tag _ -> "tag";
            case Verdict.Quarantine _ -> "quarantine";
            case Verdict.Reject _ -> "reject";
            case Verdict.TempFail _ -> "tempfail";
        };
    }

    synchronized void print(PrintStream out) {
        Table verdicts = new Table();
        folders.forEach((folder, counts) -> verdicts.add(row(folder, counts)));
        out.print(verdicts.rest());
        out.println();
        Table found = new Table();
        symbols.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, SymbolCount> each) -> -each.getValue().mails))
                .limit(SYMBOLS_MAX)
                .forEach(each -> {
                    Map<String, Object> row = new LinkedHashMap<>();
                    row.put("found", each.getKey());
                    row.put("mails", each.getValue().mails);
                    row.put("mean points", Assessment.points(each.getValue().points / each.getValue().mails));
                    found.add(row);
                });
        out.print(found.rest());
        silent.forEach((what, count) -> out.println("no verdict: " + what + ", " + count + " mails"));
    }

    private static Map<String, Object> row(String folder, Counts counts) {
        List<Double> scores = new ArrayList<>(counts.scores);
        Collections.sort(scores);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("folder", folder);
        row.put("mails", scores.size());
        for (String verdict : List.of("accept", "tag", "quarantine", "reject", "tempfail")) {
            row.put(verdict, counts.verdicts.getOrDefault(verdict, 0));
        }
        row.put("lowest", Assessment.points(scores.getFirst()));
        row.put("median", Assessment.points(scores.get(scores.size() / 2)));
        row.put("highest", Assessment.points(scores.getLast()));
        return row;
    }
}
