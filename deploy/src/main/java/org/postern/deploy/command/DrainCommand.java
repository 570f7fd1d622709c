// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "drain",
        description = {
            "Takes running fronts out of service without losing a mail.",
            "They are not ready for the balancer, take no new connections, and say 421 to every client without a mail under"
                    + " way. Returns when all sessions are over, and says what became of them. The server goes on without"
                    + " fronts until it is stopped."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  postern drain --at mx", "  postern drain --within 20 && systemctl stop postern"})
final class DrainCommand implements Callable<Integer> {
    @Mixin
    private final Asking asking = new Asking();

    @Option(
            names = "--within",
            paramLabel = "SECONDS",
            description = "Break off what is left after so long, 0 to 3600; timeouts.shutdown of the farm counts where"
                    + " it is shorter. Default: 60.")
    private int within = 60;

    @Override
    public Integer call() {
        return asking.ask("drain", Map.of("within", Integer.toString(within)));
    }
}
