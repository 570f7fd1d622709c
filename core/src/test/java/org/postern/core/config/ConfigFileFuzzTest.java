// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Whatever is in the file or on the command line: a record, or problems that each say where.
class ConfigFileFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final String SEED_TEXT = """
            name: &n "a: b"
            pause: 5m
            items: [{ port: 25, on: true }, { port: 0 }]
            by-name:
              one: { port: 1 }
              two: { port: 2, on: false }
            note: *n
            text: |
              more
              lines
            """;
    private static final String[] BITS = {
        "\n",
        "  ",
        "- ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        "&n ",
        "*n",
        "\"",
        "'",
        "#",
        "---\n",
        "? ",
        "!!map ",
        "\t",
        "|",
        ">",
        "<<: *n",
        "\u0000",
        "\ud800",
        "\u00e4",
        "%YAML 1.1\n",
        "port",
        "99999999999999999999",
        "5m",
        "null",
        "~"
    };

    record Item(int port, @Default("false") boolean on) {}

    record Settings(
            String name,
            @Default("1s") Duration pause,
            @Default("[]") List<Item> items,
            @Default("{}") Map<String, Item> byName,
            Optional<String> note,
            Optional<String> text) {}

    @Test
    void anything_isARecordOrProblemsWithTheirPlace() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int good = 0;
        for (int i = 0; i < ROUNDS; i++) {
            String text = mutated(random, SEED_TEXT);
            List<String> overrides = random.nextInt(4) > 0 ? List.of() : List.of(mutated(random, "items.0.port=25"));
            try {
                ConfigFile.parse("postern.yaml", Path.of("/etc"), text, overrides, Settings.class);
                good++;
            } catch (ConfigException e) {
                assertThat(e.problems())
                        .as("seed %d round %d", seed, i)
                        .isNotEmpty()
                        .allMatch(problem -> problem.startsWith("postern.yaml:") || problem.startsWith("--set "));
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + " round " + i + ": " + text + overrides, e);
            }
        }
        assertThat(good).as("seed %d: some must still be right", seed).isPositive();
    }

    private static String mutated(Random random, String text) {
        StringBuilder changed = new StringBuilder(text);
        for (int changes = random.nextInt(5); changes >= 0; changes--) {
            int at = random.nextInt(changed.length() + 1);
            switch (random.nextInt(3)) {
                case 0 -> changed.insert(at, BITS[random.nextInt(BITS.length)]);
                case 1 -> changed.delete(at, Math.min(changed.length(), at + random.nextInt(12)));
                default -> changed.insert(at, (char) random.nextInt(0x10000));
            }
        }
        return changed.toString();
    }
}
