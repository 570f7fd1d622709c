// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Compares what commands print for programs with the examples of docs/reference/output.md.
public final class OutputReference {
    private static final Path PAGE = Path.of("..", "docs", "reference", "output.md");
    private static final Pattern KEY = Pattern.compile("[{,]\"([a-z-]+)\":");

    /// Of a row about one field; those about a recipient have his address in it.
    private static final Pattern FIELD = Pattern.compile("\"field\":\"[a-z-]+\"");

    private OutputReference() {}

    /// @param command as it stands in the heading of the page
    /// @param lines what it prints with `--json`
    public static void check(String command, List<String> lines) throws IOException {
        assertThat(lines).as(command).isNotEmpty();
        List<String> examples = examples(command);
        assertThat(all(KEY, List.of(lines.getFirst())))
                .as("%s prints %s", command, lines)
                .isEqualTo(all(KEY, List.of(examples.getFirst())));
        assertThat(all(FIELD, lines)).as("%s prints %s", command, lines).isEqualTo(all(FIELD, examples));
    }

    private static List<String> examples(String command) throws IOException {
        String page = Files.readString(PAGE);
        return page.substring(page.indexOf("## `" + command + "`"))
                .lines()
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("{"))
                .toList();
    }

    private static List<String> all(Pattern pattern, List<String> lines) {
        return lines.stream()
                .flatMap(line -> pattern.matcher(line).results())
                .map(MatchResult::group)
                .distinct()
                .toList();
    }
}
