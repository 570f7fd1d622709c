// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.postern.core.config.ConfigException;
import org.postern.core.text.PlainText;
import org.postern.delivery.spool.DamagedMailException;
import org.postern.deploy.ResourceException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/// The `postern` command.
@Command(
        name = "postern",
        description = {
            "A mail-filtering pipeline server: scans every mail inside the SMTP session, and says 250 only when the"
                    + " store has it."
        },
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Done, or stopped as asked.",
            "1:It was tried and failed: a backend does not answer, a stop was not clean, a defect.",
            "2:The command line or the configuration is wrong; nothing was started.",
            "3:The machine does not give what is needed: a port is in use, a folder cannot be written to."
        },
        footerHeading = "%nBegin with:%n",
        footer = {
            "  postern init site --domain example.org --account alice@example.org:secret --loopback",
            "  postern all-in-one --config site/postern.yaml",
            "",
            "\"postern COMMAND --help\" explains each command."
        })
public final class Main {
    @Option(names = "--help", usageHelp = true, scope = ScopeType.INHERIT, description = "Shows this text.")
    @SuppressWarnings("UnusedVariable") // read by picocli
    private boolean help;

    @Option(names = VERBOSE, scope = ScopeType.INHERIT, description = "Shows the stack trace of a failure.")
    @SuppressWarnings("UnusedVariable") // needed before picocli has read the command line
    private boolean verbose;

    private static final String VERBOSE = "--verbose";

    /// In the order of the help text.
    private static final List<Class<?>> COMMANDS = List.of(
            InitCommand.class,
            CheckCommand.class,
            AllInOneCommand.class,
            FrontCommand.class,
            StoreCommand.class,
            SignaturesCommand.class,
            StatusCommand.class,
            DrainCommand.class,
            ReloadCommand.class,
            QueueCommand.class,
            QuarantineCommand.class,
            SpoolCommand.class,
            ScanCommand.class,
            DirectoryCommand.class,
            CertificatesCommand.class,
            PasswordCommand.class,
            PrepareCommand.class,
            VersionCommand.class);

    private Main() {}

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] arguments) {
        // Before anything is logged: commands for people are quiet, servers are not.
        Logging.begin();
        System.exit(run(arguments));
    }

    /// Runs one command.
    ///
    /// @return the exit code
    static int run(String... arguments) {
        boolean verbose = Arrays.asList(arguments).contains(VERBOSE);
        CommandLine line = commands(arguments);
        line.setUsageHelpWidth(100);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setAbbreviatedOptionsAllowed(false);
        line.setParameterExceptionHandler((e, words) -> usage(e));
        line.setExecutionExceptionHandler((e, command, parsed) -> failed(e, command.getErr(), verbose));
        if (arguments.length == 0) {
            line.usage(line.getErr());
            return ExitCodes.USAGE;
        }
        return line.execute(arguments);
    }

    /// With the command that is asked for alone, where there is one of that name: picocli takes a good part of a start
    /// to look at all of them.
    static CommandLine commands(String... arguments) {
        String wanted = Arrays.stream(arguments)
                .filter(word -> !word.startsWith("-"))
                .findFirst()
                .orElse("");
        CommandLine line = new CommandLine(new Main());
        List<Class<?>> alone =
                COMMANDS.stream().filter(each -> name(each).equals(wanted)).toList();
        (alone.isEmpty() ? COMMANDS : alone).forEach(line::addSubcommand);
        return line;
    }

    /// As its annotation has it: `AllInOneCommand` is called `all-in-one`.
    private static String name(Class<?> command) {
        return command.getSimpleName()
                .replaceFirst("Command$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }

    private static int usage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("postern: " + Usage.problem(e));
        command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCodes.USAGE;
    }

    private static int failed(Exception e, PrintWriter err, boolean verbose) {
        int exit = switch (e) {
            case ConfigException config -> ExitCodes.USAGE;
            case ResourceException resource -> ExitCodes.RESOURCE;
            default -> ExitCodes.FAILURE;
        };
        List<String> lines =
                e instanceof ConfigException config && !config.problems().isEmpty()
                        ? config.problems()
                        : List.of(oneLine(e));
        lines.forEach(line -> err.println("postern: " + PlainText.of(line)));
        if (verbose) {
            e.printStackTrace(err);
        } else if (exit == ExitCodes.FAILURE && !isExpected(e)) {
            err.println("postern: this should not happen; --verbose shows where it did");
        }
        err.flush();
        return exit;
    }

    private static boolean isExpected(Exception e) {
        return e instanceof CommandFailure || e instanceof DamagedMailException;
    }

    private static String oneLine(Exception e) {
        String text = e instanceof ResourceException || isExpected(e) ? String.valueOf(e.getMessage()) : e.toString();
        return text.replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
}
