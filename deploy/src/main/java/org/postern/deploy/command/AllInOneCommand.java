// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.concurrent.Callable;
import org.postern.deploy.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "all-in-one",
        description = "Runs every farm and the store in one process.",
        footerHeading = "%nExample:%n",
        footer = {"  postern all-in-one --config site/postern.yaml", "", Server.READY, Server.STOP})
final class AllInOneCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Override
    public Integer call() throws InterruptedException {
        return Server.run(options, System.out, new Role.AllInOne());
    }
}
