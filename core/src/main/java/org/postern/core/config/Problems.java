// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Collects everything that is wrong, so that it is reported at once. Used by one thread.
final class Problems {
    private record Problem(Where where, String text) {}

    private final List<Problem> problems = new ArrayList<>();

    void add(Where where, String text) {
        problems.add(new Problem(where, text));
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    /// The problems in the order of the file, each once.
    List<String> lines() {
        return problems.stream()
                .sorted(Comparator.comparing(
                                (Problem problem) -> problem.where().source())
                        .thenComparingInt(problem -> problem.where().line()))
                .map(problem -> problem.where() + ": " + problem.text())
                .distinct()
                .toList();
    }

    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new ConfigException(lines());
        }
    }
}
