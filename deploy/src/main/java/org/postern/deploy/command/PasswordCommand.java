// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.Console;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.postern.core.directory.password.ScramSecret;
import picocli.CommandLine.Command;

@Command(
        name = "password",
        description = "Reads a password and prints its hash for the accounts file.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  postern password                      asks on the terminal, twice",
            "  postern password < file               reads the first line",
            "",
            "Write the line into accounts.yaml, in quotes: password: \"SCRAM-SHA-256$...\"",
            "A running Postern takes the changed file over by itself."
        })
final class PasswordCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        String password = read();
        try {
            System.out.println(ScramSecret.create(password).written());
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()));
        }
        return ExitCodes.OK;
    }

    private static String read() throws IOException {
        Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        return terminal.isPresent() ? ask(terminal.get()) : StandardInput.line();
    }

    private static String ask(Console console) {
        char[] once = console.readPassword("Password: ");
        char[] again = console.readPassword("Again: ");
        if (once == null || again == null || !new String(once).equals(new String(again))) {
            throw new CommandFailure("the two differ; nothing was made");
        }
        return new String(once);
    }
}
