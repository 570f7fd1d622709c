// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "reload",
        description = {
            "Makes running fronts read their certificates, keys and client authorities anew.",
            "Files that cannot be used change nothing. Fronts also notice changed files by themselves."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  postern certificates reload", "  postern certificates reload --at mx"})
final class CertificatesReloadCommand implements Callable<Integer> {
    @Mixin
    private final Asking asking = new Asking();

    @Override
    public Integer call() {
        return asking.ask("certificates reload", Map.of());
    }
}
