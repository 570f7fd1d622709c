// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.deploy.command.Typed.run;

import java.util.function.Consumer;
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
