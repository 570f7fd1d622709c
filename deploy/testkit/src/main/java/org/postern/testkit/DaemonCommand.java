// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What is run to start a daemon in the foreground; the same in a container and from the PATH.
///
/// @param kind the daemon
/// @param folder its private folder, seen under the same path inside a container
/// @param arguments what follows the program's name
/// @param environment added to the inherited one
/// @param root whether it must start as root (it runs as the test's user otherwise)
record DaemonCommand(
        DaemonKind kind, Path folder, List<String> arguments, Map<String, String> environment, boolean root) {
    DaemonCommand {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    DaemonCommand(DaemonKind kind, Path folder, List<String> arguments) {
        this(kind, folder, arguments, Map.of(), false);
    }

    /// Both output streams of every run, one after the other.
    Path log() {
        return folder.resolve("output.log");
    }
}
