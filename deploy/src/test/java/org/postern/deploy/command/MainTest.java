// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.deploy.command.Typed.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// The command itself, and each of its commands on its own.
class MainTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "init",
                "check",
                "all-in-one",
                "front",
                "store",
                "signatures",
                "status",
                "drain",
                "reload",
                "queue",
                "quarantine",
                "spool",
                "scan",
                "directory",
                "certificates",
                "password",
                "prepare",
                "version"
            })
    void everyCommand_explainsItself_andStandsInTheHelp(String command) {
        Typed.explainsItself(command);
        assertThat(run(0, "--help")).containsPattern("(?m)^  " + command + " ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    qeue list              | postern has no command "qeue"; did you mean "queue"?
                    queue lst              | postern queue has no command "lst"; did you mean "list"?
                    check --conifg x.yaml  | postern check has no option --conifg; did you mean "--config"?
                    queue --config x.yaml  | most options stand after one of its commands: delete, domains, hold, list,
                    queue                  | postern queue needs one of its commands: delete, domains, hold, list, pause,
                    version 7              | postern version does not understand "7"
                    queue list --max ten   | 'ten' is not a whole number
                    """)
    void wrongWord_isNamed_withTheRightOne(String typed, String answer) {
        assertThat(Typed.refused(typed.split(" +")))
                .startsWith("postern: ")
                .contains(answer)
                .contains("--help");
    }

    /// In a line of its own or between back quotes.
    @Test
    void everyCommandThatAPageNames_isThere() throws IOException {
        Pattern named = Pattern.compile(
                "(?m)(?:^ *\\$? *(?:[\\w/.]+/)?|`)postern ([a-z][a-z-]+)(?: ([a-z][a-z-]+))?(?=[ `\\n])");
        CommandLine main = Main.commands();
        List<String> unknown = new ArrayList<>();
        int found = 0;
        List<Path> pages;
        Path root = Path.of(System.getProperty("postern.project.root", ".."));
        try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
            pages = Stream.concat(Stream.of(root.resolve("README.md")), docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
        for (Path page : pages) {
            // What is not there yet has its list.
            String text = Files.readString(page).replace("`postern why`", "");
            for (MatchResult match : named.matcher(text).results().toList()) {
                found++;
                CommandLine command = main.getSubcommands().get(match.group(1));
                if (command == null
                        || (match.group(2) != null
                                && !command.getSubcommands().isEmpty()
                                && !command.getSubcommands().containsKey(match.group(2)))) {
                    unknown.add(root.relativize(page) + ": " + match.group());
                }
            }
        }
        assertThat(found).isGreaterThan(50);
        assertThat(unknown).isEmpty();
    }

    @Test
    void help_breaksLinesBetweenWordsOnly() {
        eachCommand(Main.commands(), command -> {
            String help = command.setUsageHelpWidth(100).getUsageMessage(CommandLine.Help.Ansi.OFF);
            Stream.of(
                            Stream.of(command.getCommandSpec().usageMessage().description()),
                            command.getCommandSpec().options().stream()
                                    .flatMap(option -> Stream.of(option.description())),
                            command.getSubcommands().values().stream()
                                    .map(each ->
                                            each.getCommandSpec().usageMessage().description()[0]))
                    .flatMap(texts -> texts)
                    .flatMap(text -> Stream.of(text.split("\\s+")))
                    .filter(word -> !word.contains("$") && !word.contains("%"))
                    .forEach(word -> assertThat(help).contains(word));
        });
    }

    private static void eachCommand(CommandLine command, Consumer<CommandLine> what) {
        what.accept(command);
        command.getSubcommands().values().forEach(each -> eachCommand(each, what));
    }

    @Test
    void verbose_standsBeforeACommandToo_andUnknownWordsAreRefused() {
        assertThat(run(0, "--verbose", "version")).startsWith("postern ");
        assertThat(run(2, "versoin")).isEmpty();
        assertThat(run(2)).isEmpty();
    }
}
