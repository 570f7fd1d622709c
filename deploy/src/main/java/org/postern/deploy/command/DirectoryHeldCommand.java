// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "held",
        description = "Lists the accounts whose mail running fronts hold, because they suddenly sent far more than they"
                + " are used to.",
        footerHeading = "%nExamples:%n",
        footer = {"  postern directory held"})
final class DirectoryHeldCommand implements Callable<Integer> {
    @Mixin
    private final Asking asking = new Asking();

    @Override
    public Integer call() {
        return asking.ask("directory held", Map.of());
    }
}
