// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import picocli.CommandLine.Command;

@Command(
        name = "certificates",
        description = "The TLS certificates of running fronts.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {CertificatesReloadCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {"  postern certificates reload"})
final class CertificatesCommand {}
