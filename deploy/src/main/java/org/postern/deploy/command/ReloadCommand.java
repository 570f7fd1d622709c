// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "reload",
        description = {
            "Makes running servers use changed settings without a restart, where that is possible.",
            "Thresholds, weights and no-verdict of the farms, their lists and their certificates are such. No session is"
                    + " disturbed. Names what needs a restart. A configuration with a problem changes nothing, and every"
                    + " problem is named."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  postern check --config site/postern.yaml && postern reload --config site/postern.yaml"})
final class ReloadCommand implements Callable<Integer> {
    @Mixin
    private final Asking asking = new Asking();

    @Override
    public Integer call() {
        return asking.ask("reload", Map.of());
    }
}
