// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "signatures",
        description = "Shows and reloads the signatures of the virus scanners that running fronts use.",
        subcommands = {SignaturesCommand.Status.class, SignaturesCommand.Reload.class})
final class SignaturesCommand {
    @Command(
            name = "status",
            description = "Shows every clamd: its state, the mails it works on, version and age of its signatures.",
            footerHeading = "%nExample:%n",
            footer = "  postern signatures status --config site/postern.yaml")
    static final class Status implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Override
        public Integer call() {
            return asking.ask("signatures status", Map.of());
        }
    }

    @Command(
            name = "reload",
            description = {
                "Has every clamd read its signatures again, one after the other, while mail flows on.",
                "Each is taken out of the pool, its memory checked, reloaded, proven with the EICAR test file and a"
                        + " clean text, and put back."
            },
            footerHeading = "%nExample:%n",
            footer = "  postern signatures reload --config site/postern.yaml --at mx")
    static final class Reload implements Callable<Integer> {
        @Mixin
        private final Asking asking = new Asking();

        @Override
        public Integer call() {
            return asking.ask("signatures reload", Map.of());
        }
    }
}
