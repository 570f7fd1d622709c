// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postern.delivery.spool.SpoolQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "queue",
        description = {
            "Shows and changes what the running store has not delivered yet.",
            "A mail is named by its id, or by the 26 characters of the transaction that the 250 showed."
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  postern queue stats",
            "  postern queue domains",
            "  postern queue list --recipient @example.org --json",
            "  postern queue hold mx1.01jd0v3x5k8h9n2q4r6s7t8v9w"
        })
final class QueueCommand {
    private static final String MAIL = "ID";

    /// Narrows the queue down.
    static final class Which {
        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "Only mails in this state: waiting, running or held.")
        private SpoolQueue.@Nullable State state;

        @Option(
                names = "--sender",
                paramLabel = "ADDRESS",
                description = "Only of this sender, or @domain; <> for none.")
        private @Nullable String sender;

        @Option(
                names = "--recipient",
                paramLabel = "ADDRESS",
                description = "Only mails that this recipient, or @domain, does not have yet.")
        private @Nullable String recipient;

        Map<String, String> arguments() {
            Map<String, String> arguments = new HashMap<>();
            if (state != null) {
                arguments.put("state", state.name());
            }
            if (sender != null) {
                arguments.put("sender", sender);
            }
            if (recipient != null) {
                arguments.put("recipient", recipient);
            }
            return arguments;
        }
    }

    @Command(name = "list", description = "Lists mails, oldest first, with the recipients that do not have them yet.")
    int list(
            @Mixin Asking asking,
            @Mixin Which which,
            @Option(
                            names = "--max",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "At most so many. Without it: ${DEFAULT-VALUE}.")
                    int max,
            @Option(names = "--after", paramLabel = MAIL, description = "Only mails behind this one.") @Nullable
                    String after) {
        Map<String, String> arguments = which.arguments();
        arguments.put("max", Integer.toString(max));
        if (after != null) {
            arguments.put("after", after);
        }
        return asking.ask("queue list", arguments);
    }

    @Command(
            name = "domains",
            description = "Shows which domains the mails wait for, the fullest first, and why. Reads one file a mail.")
    int domains(
            @Mixin Asking asking,
            @Option(
                            names = "--max",
                            paramLabel = "N",
                            defaultValue = "30",
                            description = "At most so many. Without it: ${DEFAULT-VALUE}.")
                    int max) {
        return asking.ask("queue domains", Map.of("max", Integer.toString(max)));
    }

    @Command(name = "show", description = "Shows all there is to say of a mail, recipient by recipient.")
    int show(@Mixin Asking asking, @Parameters(paramLabel = MAIL, arity = "1..*") List<String> ids) {
        return asking.ask("queue show", named(ids));
    }

    @Command(name = "retry", description = "Tries waiting mails now: those named, or all that fit.")
    int retry(
            @Mixin Asking asking,
            @Mixin Which which,
            @Parameters(paramLabel = MAIL, arity = "0..*") @Nullable List<String> ids) {
        return asking.ask("queue retry", ids == null || ids.isEmpty() ? which.arguments() : named(ids));
    }

    @Command(name = "hold", description = "Keeps mails from being delivered until they are released, over restarts.")
    int hold(@Mixin Asking asking, @Parameters(paramLabel = MAIL, arity = "1..*") List<String> ids) {
        return asking.ask("queue hold", named(ids));
    }

    @Command(name = "release", description = "Lets held mails be delivered at once.")
    int release(@Mixin Asking asking, @Parameters(paramLabel = MAIL, arity = "1..*") List<String> ids) {
        return asking.ask("queue release", named(ids));
    }

    @Command(
            name = "delete",
            description = "Deletes mails for good: nobody is told, and who does not have them yet never gets them.")
    int delete(@Mixin Asking asking, @Parameters(paramLabel = MAIL, arity = "1..*") List<String> ids) {
        return asking.ask("queue delete", named(ids));
    }

    @Command(
            name = "pause",
            description = "Lets no delivery begin until resumed, over restarts. Mail is taken in as before; what runs"
                    + " ends.")
    int pause(@Mixin Asking asking) {
        return asking.ask("queue pause", Map.of());
    }

    @Command(name = "resume", description = "Lets deliveries begin again.")
    int resume(@Mixin Asking asking) {
        return asking.ask("queue resume", Map.of());
    }

    @Command(name = "stats", description = "Adds the queue up.")
    int stats(@Mixin Asking asking) {
        return asking.ask("queue stats", Map.of());
    }

    static Map<String, String> named(List<String> ids) {
        return Map.of("id", String.join(" ", ids));
    }
}
