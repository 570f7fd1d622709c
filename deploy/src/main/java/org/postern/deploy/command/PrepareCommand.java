// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import org.postern.deploy.ResourceException;
import picocli.CommandLine.Command;

@Command(
        name = "prepare",
        description = {
            "Shortens later starts; once after an installation and after every change of Java.",
            "Runs a server of its own on loopback for some seconds, and keeps what the JVM has learned of its classes in"
                    + " the folder lib of the installation, which must be writable. Servers start without it as well."
        },
        footerHeading = "%nExample:%n",
        footer = {"  postern prepare && postern all-in-one --config site/postern.yaml"})
final class PrepareCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException, InterruptedException {
        String home = System.getProperty("postern.home");
        if (home == null) {
            throw new CommandFailure("there is no installation to prepare: run the command bin/postern of one");
        }
        if (home.contains(" ")) {
            // The JVM hands its options on in one line.
            throw new CommandFailure(home + " cannot be prepared: there is a blank in its name");
        }
        Path lib = Path.of(home, "lib");
        if (!Files.isWritable(lib)) {
            throw new ResourceException(lib + " cannot be written to: run this as the user who owns the installation");
        }
        // As the command bin/postern looks for it.
        Path archive = lib.resolve("postern.aot");
        Path made = lib.resolve("postern.aot.new");
        try (TrainingServer server = TrainingServer.start(made)) {
            server.takeMails();
            server.stop();
            Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(made);
        }
        System.out.println(
                "wrote " + archive + ", " + Files.size(archive) / (1024 * 1024) + " MiB: servers start faster with it");
        return ExitCodes.OK;
    }
}
