// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// How long, how often and what is measured.
///
/// @param seconds of each measurement
/// @param rounds in each of which every server is measured once at every size
/// @param warmUp seconds for each server that are not counted
/// @param only names of contests; empty for all
/// @param postern the `postern` command to measure
/// @param output the Markdown file to write
record Settings(int seconds, int rounds, int warmUp, Set<String> only, Path postern, Path output) {
    static final List<String> NAMES = List.of("rest", "mail", "known", "intake", "refusals", "handoff", "delivered");
    private static final String USAGE = "usage: bench [--only NAME[,NAME...]] [--seconds N] [--rounds N] [--warm-up N] "
            + "[--postern FILE] [--output FILE]; N is 1 to 100, NAME one of " + NAMES;

    Settings {
        for (int number : List.of(seconds, rounds, warmUp)) {
            if (number < 1 || number > 100) {
                throw new IllegalArgumentException(USAGE);
            }
        }
        only = Set.copyOf(only);
        if (!NAMES.containsAll(only)) {
            throw new IllegalArgumentException(USAGE);
        }
    }

    boolean wants(String name) {
        return only.isEmpty() || only.contains(name);
    }

    static Settings parse(String[] arguments) {
        int seconds = 2;
        int rounds = 3;
        int warmUp = 30;
        Set<String> only = new HashSet<>();
        Path postern = Path.of("deploy/target/postern/bin/postern");
        Path output = Path.of("deploy/bench/target/benchmark.md");
        if (arguments.length % 2 != 0) {
            throw new IllegalArgumentException(USAGE);
        }
        for (int i = 0; i < arguments.length; i += 2) {
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--seconds" -> seconds = number(value);
                case "--rounds" -> rounds = number(value);
                case "--warm-up" -> warmUp = number(value);
                case "--only" -> only.addAll(List.of(value.split(",")));
                case "--postern" -> postern = Path.of(value);
                case "--output" -> output = Path.of(value);
                default -> throw new IllegalArgumentException(USAGE);
            }
        }
        return new Settings(seconds, rounds, warmUp, only, postern, output);
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(USAGE, e);
        }
    }
}
