// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What the findings of a filter count as shipped, and how settings change that.
public final class SymbolScores {
    private final Map<String, Double> shipped;

    public SymbolScores(Map<String, Double> shipped) {
        this.shipped = new TreeMap<>(shipped);
    }

    /// All symbols of the filter.
    public Set<String> symbols() {
        return Set.copyOf(shipped.keySet());
    }

    /// What a symbol counts.
    ///
    /// @param written scores in the configuration, which come first
    public double of(String symbol, Map<String, Double> written) {
        return written.getOrDefault(symbol, shipped.getOrDefault(symbol, 0.0));
    }

    /// Refuses scores of unknown symbols and what is no number, with a sentence for whoever wrote it.
    public void check(Map<String, Double> written) {
        written.forEach((symbol, score) -> {
            if (!shipped.containsKey(symbol)) {
                throw new IllegalArgumentException(
                        "scores has no symbol " + symbol + "; there are " + String.join(", ", shipped.keySet()));
            }
            if (!Double.isFinite(score)) {
                throw new IllegalArgumentException("the score of " + symbol + " is no number");
            }
        });
    }
}
