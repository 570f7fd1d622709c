// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "status",
        description = "Shows the servers of a configuration that run on this machine, where they listen, and whether"
                + " what they need is well.",
        footerHeading = "%nExamples:%n",
        footer = {"  postern status --config site/postern.yaml", "  postern status --at mx --json"})
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private final Asking asking = new Asking();

    @Override
    public Integer call() {
        return asking.ask("status", Map.of());
    }
}
