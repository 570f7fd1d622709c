// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "release",
        description = "Lets an account send again whose mail running fronts hold. What was held stays in the quarantine"
                + " until it is released there.",
        footerHeading = "%nExamples:%n",
        footer = {"  postern directory release alice@example.org"})
final class DirectoryReleaseCommand implements Callable<Integer> {
    @Mixin
    private final Asking asking = new Asking();

    @Parameters(paramLabel = "ACCOUNT", description = "The account's main address.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String account;

    @Override
    public Integer call() {
        return asking.ask("directory release", Map.of("account", account));
    }
}
