// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.concurrent.Callable;
import org.postern.deploy.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "front",
        description = "Runs the front of one farm: takes mail in, judges it, hands it to the store named under"
                + " \"handoff\". Keeps nothing.",
        footerHeading = "%nExample:%n",
        footer = {
            "  postern front --farm mx --config site/postern.yaml",
            "",
            "Two roles on one machine need two management ports: --set management.listen=127.0.0.1:2681",
            Server.READY,
            Server.STOP
        })
final class FrontCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(names = "--farm", required = true, paramLabel = "NAME", description = "The farm, as under \"farms\".")
    private String farm = "";

    @Override
    public Integer call() throws InterruptedException {
        return Server.run(options, System.out, new Role.Front(farm));
    }
}
