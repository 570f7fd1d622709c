// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// About how large an expression becomes when it is compiled, told without compiling it: repetitions within
/// repetitions are written out, and `((x{1000}){1000}){1000}` would fill any heap.
final class RegexSize {
    private static final int LENGTH_MAX = 10_000;
    private static final int DEPTH_MAX = 100;
    private static final long STEPS_MAX = 20_000;
    private static final Pattern TIMES = Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?}");

    private final String regex;
    /// The steps of what stands before each group that is open.
    private final Deque<Long> outer = new ArrayDeque<>();
    private long steps;
    private long last;

    private RegexSize(String regex) {
        this.regex = regex;
    }

    /// Whether it may be compiled.
    static boolean fits(String regex) {
        return regex.length() <= LENGTH_MAX && new RegexSize(regex).fits();
    }

    private boolean fits() {
        Matcher times = TIMES.matcher(regex);
        for (int i = 0; i < regex.length(); i++) {
            switch (regex.charAt(i)) {
                case '\\' -> {
                    i = endOfEscape(i);
                    add(1);
                }
                case '[' -> {
                    i = endOfClass(i);
                    add(1);
                }
                case '(' -> {
                    outer.push(steps);
                    steps = 0;
                }
                case ')' -> {
                    long group = steps + 2;
                    steps = outer.isEmpty() ? 0 : outer.pop();
                    add(group);
                }
                case '{' -> {
                    if (times.region(i, regex.length()).lookingAt()) {
                        repeat(Math.max(number(times.group(1)), number(times.group(2))));
                        i = times.end() - 1;
                    } else {
                        add(1);
                    }
                }
                default -> add(1);
            }
            if (steps > STEPS_MAX || outer.size() > DEPTH_MAX) {
                return false;
            }
        }
        return true;
    }

    private void add(long more) {
        last = more;
        steps += more;
    }

    private void repeat(long times) {
        steps += last * Math.max(0, times - 1);
        last *= Math.max(1, times);
    }

    private static long number(@Nullable String digits) {
        return digits == null || digits.isEmpty() ? 0 : Long.parseLong(digits);
    }

    /// `\d`, `\x{10FFFF}`, `\p{Greek}`.
    private int endOfEscape(int start) {
        boolean named = start + 2 < regex.length()
                && "pPx".indexOf(regex.charAt(start + 1)) >= 0
                && regex.charAt(start + 2) == '{';
        int end = named ? regex.indexOf('}', start) : -1;
        return end < 0 ? start + 1 : end;
    }

    /// `[]a]`, `[^]a]`, `[\]]`, `[[:alpha:]]`.
    private int endOfClass(int start) {
        int i = regex.startsWith("[^", start) ? start + 2 : start + 1;
        for (int first = i; i < regex.length(); i++) {
            char c = regex.charAt(i);
            if (c == '\\') {
                i++;
            } else if (regex.startsWith("[:", i) && regex.indexOf(":]", i) > 0) {
                i = regex.indexOf(":]", i) + 1;
            } else if (c == ']' && i > first) {
                return i;
            }
        }
        return i;
    }
}
