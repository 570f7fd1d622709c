// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.concurrent.Callable;
import org.postern.deploy.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "store",
        description = "Runs the store: takes mail from fronts, keeps it, delivers it.",
        footerHeading = "%nExample:%n",
        footer = {
            "  postern store --config site/postern.yaml",
            "",
            "Prints one line \"ready ...\" to standard output when it serves; everything else goes to standard error.",
            "SIGTERM and SIGINT stop it cleanly within 30 seconds. Exit codes: see postern --help."
        })
final class StoreCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Override
    public Integer call() throws InterruptedException {
        return Server.run(options, System.out, new Role.Store());
    }
}
