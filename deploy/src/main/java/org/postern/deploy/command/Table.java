// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postern.core.text.PlainText;

/// Lines up rows for people. The widths come from the first rows, so that a long list is printed while it comes.
final class Table {
    private static final int MEASURED_MAX = 500;
    /// The widest cell makes all cells of its column as wide.
    private static final int CELL_MAX = 1_000;
    private static final String GAP = "  ";

    private final List<Map<String, ?>> waiting = new ArrayList<>();
    private List<String> heads = List.of();
    private List<Integer> widths = List.of();
    private List<Boolean> numbers = List.of();

    /// Takes a row; its columns are those of the first row, in that order.
    ///
    /// @return what can be printed now
    Optional<String> add(Map<String, ?> row) {
        waiting.add(row);
        return waiting.size() < MEASURED_MAX ? Optional.empty() : Optional.of(rest());
    }

    /// What has not been printed yet; empty where there is nothing.
    String rest() {
        if (waiting.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        if (heads.isEmpty()) {
            measure();
            text.append(line(
                    heads.stream().map(head -> head.toUpperCase(Locale.ROOT)).toList()));
        }
        waiting.forEach(row -> text.append(
                line(heads.stream().map(head -> shown(row.get(head))).toList())));
        waiting.clear();
        return text.toString();
    }

    private void measure() {
        heads = List.copyOf(waiting.getFirst().keySet());
        widths = heads.stream()
                .map(head -> waiting.stream()
                        .mapToInt(row -> shown(row.get(head)).length())
                        .reduce(head.length(), Math::max))
                .toList();
        numbers = heads.stream()
                .map(head -> waiting.stream()
                        .map(row -> row.get(head))
                        .filter(Objects::nonNull)
                        .allMatch(Number.class::isInstance))
                .toList();
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String fill = " ".repeat(Math.max(0, widths.get(i) - cells.get(i).length()));
            line.append(i == 0 ? "" : GAP).append(numbers.get(i) ? fill + cells.get(i) : cells.get(i) + fill);
        }
        return line.toString().stripTrailing() + "\n";
    }

    private static String shown(@Nullable Object value) {
        String text = switch (value) {
            case null -> "-";
            case Collection<?> items ->
                items.isEmpty() ? "-" : items.stream().map(String::valueOf).collect(Collectors.joining(", "));
            case Object other -> other.toString();
        };
        return text.isEmpty() ? "-" : PlainText.of(text, CELL_MAX);
    }
}
