// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.Collection;
import java.util.List;
import org.postern.core.config.Suggestion;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// What is wrong with a command line, and which word was probably meant.
final class Usage {
    private Usage() {}

    static String problem(ParameterException e) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(command, unmatched.getUnmatched().getFirst());
        }
        String text = String.valueOf(e.getMessage());
        return text.equals("Missing required subcommand")
                ? command.qualifiedName() + " needs one of its commands: " + String.join(", ", words(command))
                : text.replace("is not an int", "is not a whole number");
    }

    private static String unmatched(CommandSpec command, String word) {
        if (word.startsWith("-")) {
            List<String> options = command.optionsMap().keySet().stream()
                    .filter(name -> name.startsWith("--"))
                    .sorted()
                    .toList();
            return command.qualifiedName() + " has no option " + word + Suggestion.of(word, options)
                    + (command.subcommands().isEmpty()
                            ? ""
                            : "; most options stand after one of its commands: " + String.join(", ", words(command)));
        }
        return command.subcommands().isEmpty()
                ? command.qualifiedName() + " does not understand \"" + word + "\""
                : command.qualifiedName() + " has no command \"" + word + "\"" + Suggestion.of(word, words(command));
    }

    private static Collection<String> words(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(CommandLine::getCommandName)
                .distinct()
                .sorted()
                .toList();
    }
}
