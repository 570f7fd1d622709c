// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "quarantine",
        description = "Shows what the running store keeps apart, and releases or deletes it.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  postern quarantine list",
            "  postern quarantine release mx1.01jd0v3x5k8h9n2q4r6s7t8v9w --to alice@example.org",
            "  postern quarantine expire --older-than 14d"
        })
final class QuarantineCommand {
    private static final String MAIL = "ID";

    @Command(name = "list", description = "Lists mails, newest first, with what was found in them.")
    int list(
            @Mixin Asking asking,
            @Option(
                            names = "--max",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "At most so many. Without it: ${DEFAULT-VALUE}.")
                    int max) {
        return asking.ask("quarantine list", Map.of("max", Integer.toString(max)));
    }

    @Command(name = "show", description = "Shows a mail's envelope and what was found in it, finding by finding.")
    int show(@Mixin Asking asking, @Parameters(paramLabel = MAIL, arity = "1..*") List<String> ids) {
        return asking.ask("quarantine show", QueueCommand.named(ids));
    }

    @Command(
            name = "release",
            description = "Delivers mails past the filters: to all, which takes them out of quarantine, or to one"
                    + " recipient, which keeps them there.")
    int release(
            @Mixin Asking asking,
            @Option(names = "--to", paramLabel = "ADDRESS", description = "Only to this one of its recipients.")
                    @Nullable
                    String to,
            @Parameters(paramLabel = MAIL, arity = "1..*") List<String> ids) {
        Map<String, String> arguments = new HashMap<>(QueueCommand.named(ids));
        if (to != null) {
            arguments.put("to", to);
        }
        return asking.ask("quarantine release", arguments);
    }

    @Command(name = "delete", description = "Deletes mails for good; nobody is told.")
    int delete(@Mixin Asking asking, @Parameters(paramLabel = MAIL, arity = "1..*") List<String> ids) {
        return asking.ask("quarantine delete", QueueCommand.named(ids));
    }

    @Command(name = "expire", description = "Deletes old mails now, beside what quarantine.keep does every hour.")
    int expire(
            @Mixin Asking asking,
            @Option(
                            names = "--older-than",
                            required = true,
                            paramLabel = "AGE",
                            converter = Age.class,
                            description = "For example 12h or 14d.")
                    Duration age) {
        return asking.ask("quarantine expire", Map.of("age", age.toString()));
    }

    /// Reads a number of minutes, hours or days.
    static final class Age implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            if (!text.matches("[0-9]{1,6}[mhd]")) {
                throw new TypeConversionException("an age is written 30m, 12h or 14d, not " + text);
            }
            long count = Long.parseLong(text.substring(0, text.length() - 1));
            return switch (text.charAt(text.length() - 1)) {
                case 'm' -> Duration.ofMinutes(count);
                case 'h' -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
            };
        }
    }
}
