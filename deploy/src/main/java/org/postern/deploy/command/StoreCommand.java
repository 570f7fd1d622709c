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
        footer = {"  postern store --config site/postern.yaml", "", Server.READY, Server.STOP})
final class StoreCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Override
    public Integer call() throws InterruptedException {
        return Server.run(options, System.out, new Role.Store());
    }
}
