// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What must hold among the symbols of other rules: `A and not (B or C)`. `not` binds closest, then `and`, then `or`.
sealed interface Condition {
    boolean holds(Set<String> found);

    /// A symbol was found.
    record Found(String symbol) implements Condition {
        @Override
        public boolean holds(Set<String> found) {
            return found.contains(symbol);
        }
    }

    record Not(Condition inner) implements Condition {
        @Override
        public boolean holds(Set<String> found) {
            return !inner.holds(found);
        }
    }

    record And(Condition left, Condition right) implements Condition {
        @Override
        public boolean holds(Set<String> found) {
            return left.holds(found) && right.holds(found);
        }
    }

    record Or(Condition left, Condition right) implements Condition {
        @Override
        public boolean holds(Set<String> found) {
            return left.holds(found) || right.holds(found);
        }
    }

    /// Reads a condition.
    ///
    /// @param known the symbols it may name
    /// @throws IllegalArgumentException with a sentence that says what is wrong
    static Condition parse(String text, Set<String> known) {
        Reader reader = new Reader(text, known);
        Condition whole = reader.or(0);
        if (reader.at < reader.words.size()) {
            throw new IllegalArgumentException(
                    "\"" + reader.words.get(reader.at) + "\" stands where and, or or the" + " end is expected");
        }
        return whole;
    }

    /// Recursive descent; used by one thread for one text.
    final class Reader {
        private static final Pattern WORD = Pattern.compile("\\s*([A-Za-z0-9_]+|[()])");
        private static final int WORDS_MAX = 1_000;
        private static final int DEPTH_MAX = 50;

        private final List<String> words = new ArrayList<>();
        private final Set<String> known;
        private int at;

        private Reader(String text, Set<String> known) {
            this.known = known;
            String rest = text.strip();
            Matcher matcher = WORD.matcher(rest);
            int end = 0;
            while (end < rest.length()) {
                if (!matcher.find(end) || matcher.start() != end || words.size() == WORDS_MAX) {
                    throw new IllegalArgumentException(
                            "\"" + rest.substring(end).strip()
                                    + "\" is not understood; write symbols, and, or, not and parentheses");
                }
                words.add(matcher.group(1));
                end = matcher.end();
            }
        }

        private Condition or(int depth) {
            Condition left = and(depth);
            while (take("or")) {
                left = new Or(left, and(depth));
            }
            return left;
        }

        private Condition and(int depth) {
            Condition left = not(depth);
            while (take("and")) {
                left = new And(left, not(depth));
            }
            return left;
        }

        private Condition not(int depth) {
            if (depth > DEPTH_MAX) {
                throw new IllegalArgumentException("nested deeper than " + DEPTH_MAX);
            }
            if (take("not")) {
                return new Not(not(depth + 1));
            }
            if (take("(")) {
                Condition inner = or(depth + 1);
                if (!take(")")) {
                    throw new IllegalArgumentException("a \")\" is missing");
                }
                return inner;
            }
            if (at == words.size()) {
                throw new IllegalArgumentException("a symbol is missing at the end");
            }
            String symbol = words.get(at++);
            if (!known.contains(symbol)) {
                throw new IllegalArgumentException(
                        "there is no rule " + symbol + " before this one; a meta rule names rules above it");
            }
            return new Found(symbol);
        }

        private boolean take(String word) {
            if (at < words.size() && words.get(at).toLowerCase(Locale.ROOT).equals(word)) {
                at++;
                return true;
            }
            return false;
        }
    }
}
