// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/// Finds the word somebody probably meant.
public final class Suggestion {
    private Suggestion() {}

    /// A half sentence to append: `; did you mean "weight"?`, or the words there are.
    public static String of(String written, Collection<String> words) {
        String plain = plain(written);
        return words.stream()
                .filter(word -> distance(plain, plain(word)) <= Math.max(1, Math.min(3, word.length() / 3)))
                .min(Comparator.comparingInt(word -> distance(plain, plain(word))))
                .map(word -> "; did you mean \"" + word + "\"?")
                .orElse(words.isEmpty() ? "" : "; there are: " + String.join(", ", words));
    }

    private static String plain(String word) {
        String cut = word.length() > 60 ? word.substring(0, 60) : word;
        return cut.replaceAll("[-_ ]", "").toLowerCase(Locale.ROOT);
    }

    /// Levenshtein's distance, with two swapped neighbours counted as one.
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int best = Math.min(cost[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, cost[i - 2][j - 2] + 1);
                }
                cost[i][j] = best;
            }
        }
        return cost[a.length()][b.length()];
    }
}
