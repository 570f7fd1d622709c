// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import picocli.CommandLine.Command;

@Command(
        name = "directory",
        description = "Looks into the directory: who is a recipient and why, and what is wrong with its accounts.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DirectoryLookupCommand.class,
            DirectoryCheckCommand.class,
            DirectoryFlushCommand.class,
            DirectoryHeldCommand.class,
            DirectoryReleaseCommand.class,
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  postern directory lookup alice@example.org --config site/postern.yaml",
            "  postern directory check",
            "  postern directory flush alice@example.org"
        })
final class DirectoryCommand {}
