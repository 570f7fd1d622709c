// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

/// What the exit code of the command says. Part of the interface: docs/reference/command.md.
final class ExitCodes {
    static final int OK = 0;
    static final int FAILURE = 1;
    static final int USAGE = 2;
    static final int RESOURCE = 3;

    private ExitCodes() {}
}
