// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "flush",
        description = {
            "Makes running servers forget what the directory said, about one address or about all.",
            "The next question is asked anew. Passwords that were right a moment ago are forgotten as well."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  postern directory flush alice@example.org", "  postern directory flush"})
final class DirectoryFlushCommand implements Callable<Integer> {
    @Mixin
    private final Asking asking = new Asking();

    @Parameters(arity = "0..1", paramLabel = "ADDRESS", description = "The address; all of them where none is given.")
    private @Nullable String address;

    @Override
    public Integer call() {
        return asking.ask("directory flush", address == null ? Map.of() : Map.of("address", address));
    }
}
