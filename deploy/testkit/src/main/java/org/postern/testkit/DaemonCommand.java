// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What is run to start a daemon in the foreground; the same in a container and from the PATH.
///
/// @param kind the daemon
/// @param folder its private folder, seen under the same path inside a container
/// @param program what is run: the kind's binary, or a shell that prepares the folder and becomes that binary
/// @param arguments what follows the program's name
/// @param environment added to the inherited one
record DaemonCommand(
        DaemonKind kind, Path folder, String program, List<String> arguments, Map<String, String> environment) {
    DaemonCommand {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    DaemonCommand(DaemonKind kind, Path folder, List<String> arguments) {
        this(kind, folder, kind.binary(), arguments, Map.of());
    }

    /// A shell script run in the private folder, which ends in `exec` of the daemon.
    static DaemonCommand script(DaemonKind kind, Path folder, String script) {
        return new DaemonCommand(kind, folder, "sh", List.of("-c", script), Map.of());
    }

    /// Both output streams of every run, one after the other.
    Path log() {
        return folder.resolve("output.log");
    }
}
