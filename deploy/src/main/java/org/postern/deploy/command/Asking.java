// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postern.core.text.PlainText;
import org.postern.deploy.config.PosternConfig;
import org.postern.deploy.management.ControlClient;
import org.postern.deploy.management.ControlClient.Outcome;
import org.postern.deploy.management.Operation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What every command does that asks running servers: finds them, asks those that can, prints what they answer.
final class Asking {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(
            names = "--at",
            paramLabel = "SERVER",
            description = "Only this server, by the name that \"postern status\" shows. Without it: every server of"
                    + " the configuration on this machine that can do it.")
    private @Nullable String at;

    @Option(names = "--json", description = "One line of JSON for each line of the table.")
    private boolean json;

    /// @param operation the words of the command
    /// @return the exit code
    /// @throws CommandFailure where no server runs, none can do it, or it failed
    int ask(String operation, Map<String, String> arguments) {
        PosternConfig config = options.read();
        List<ControlClient> servers = servers(config.controlFolder());
        PrintStream out = System.out;
        List<String> failures = new ArrayList<>();
        boolean asked = false;
        Rows rows = new Rows(out, json);
        for (ControlClient server : servers) {
            Outcome outcome =
                    server.ask(operation, arguments, new Printed(out, json, server.name(), servers.size() > 1, rows));
            asked |= !(outcome instanceof Outcome.NotHere);
            if (outcome instanceof Outcome.Failed(String why)) {
                failures.add((servers.size() > 1 ? server.name() + ": " : "") + why);
            }
        }
        rows.end();
        if (!failures.isEmpty()) {
            throw new CommandFailure(String.join("; ", failures));
        }
        if (!asked) {
            throw new CommandFailure(
                    "none of the running servers (" + names(servers) + ") does this: " + where(operation));
        }
        return ExitCodes.OK;
    }

    private static String where(String operation) {
        return switch (operation.split(" ")[0]) {
            case "queue", "quarantine" -> "a store keeps it, and no store runs here";
            case "signatures" -> "it is for fronts whose farm has the filter clamav, and none of these has it";
            default -> "it is for fronts, and no front runs here";
        };
    }

    private List<ControlClient> servers(Path folder) {
        try {
            List<ControlClient> all = ControlClient.servers(folder);
            if (all.isEmpty()) {
                throw new CommandFailure("no server of this configuration runs here: nothing answers in " + folder
                        + " (management.control-folder); run this as the user that runs the server");
            }
            List<ControlClient> wanted = Optional.ofNullable(at)
                    .map(name -> all.stream()
                            .filter(server -> server.name().equals(name))
                            .toList())
                    .orElse(all);
            if (wanted.isEmpty()) {
                throw new CommandFailure("no server named " + at + " runs here; there are: " + names(all));
            }
            return wanted;
        } catch (IOException e) {
            throw new CommandFailure(folder + " cannot be read: " + e.getMessage());
        }
    }

    private static String names(List<ControlClient> servers) {
        return String.join(", ", servers.stream().map(ControlClient::name).toList());
    }

    /// Prints rows of all servers as one table when they have all come, or each at once as JSON; what is said goes to
    /// standard error then.
    private static final class Printed implements Operation.Answer {
        private final PrintStream out;
        private final boolean json;
        private final String server;
        private final boolean several;
        private final Rows rows;

        Printed(PrintStream out, boolean json, String server, boolean several, Rows rows) {
            this.out = out;
            this.json = json;
            this.server = server;
            this.several = several;
            this.rows = rows;
        }

        @Override
        public void row(Map<String, ?> columns) {
            rows.add(columns);
        }

        @Override
        public void say(String line) {
            rows.end();
            (json ? System.err : out).println((several ? server + ": " : "") + PlainText.of(line));
        }
    }
}
