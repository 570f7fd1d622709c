// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// How long, how often and how hard is measured.
///
/// @param seconds of each measurement
/// @param rounds in each of which every server is measured once at every size
/// @param connections at the same time
/// @param mailsPerConnection after how many mails a connection is closed
/// @param sizes of the messages, in bytes
/// @param postern the `postern` command to measure
/// @param output the Markdown file to write
record Settings(
        int seconds,
        int rounds,
        int connections,
        int mailsPerConnection,
        List<Integer> sizes,
        Path postern,
        Path output) {
    private static final String USAGE = "usage: bench [--seconds N] [--rounds N] [--connections N] [--mails N] "
            + "--postern FILE --output FILE; N is 1 to 100";

    Settings {
        for (int number : List.of(seconds, rounds, connections, mailsPerConnection)) {
            if (number < 1 || number > 100) {
                throw new IllegalArgumentException(USAGE);
            }
        }
        sizes = List.copyOf(sizes);
    }

    static Settings parse(String[] arguments) {
        int seconds = 2;
        int rounds = 3;
        int connections = 16;
        int mails = 10;
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
                case "--connections" -> connections = number(value);
                case "--mails" -> mails = number(value);
                case "--postern" -> postern = Path.of(value);
                case "--output" -> output = Path.of(value);
                default -> throw new IllegalArgumentException(USAGE);
            }
        }
        return new Settings(seconds, rounds, connections, mails, List.of(4096, 65_536), postern, output);
    }

    Load load() {
        return new Load(connections, mailsPerConnection, Duration.ofSeconds(seconds));
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(USAGE, e);
        }
    }
}
