// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.time.Duration;
import java.util.OptionalInt;

/// One run of a daemon, whichever way it was started. Not started again once it has ended: [Daemon] makes a new
/// one.
interface DaemonProcess {
    static DaemonProcess start(DaemonCommand command, Way way) {
        return switch (way) {
            case PATH -> PathProcess.start(command);
            case CONTAINER -> ContainerProcess.start(command, Ways.image(command.kind()));
        };
    }

    boolean alive();

    /// Waits until it has ended by itself, and says how; empty where it runs on after the limit.
    OptionalInt awaitEnd(Duration limit);

    /// Stops every process of the daemon where it stands (like `SIGSTOP`): it accepts nothing and answers nothing,
    /// while the kernel still takes connections on its behalf.
    void freeze();

    /// Lets it run on after [#freeze()].
    void resume();

    /// Sends a signal such as `HUP` to the daemon's main process.
    void signal(String name);

    /// Ends every process of the daemon at once (like `SIGKILL`).
    void kill();

    /// Asks the daemon to end (`SIGTERM`), waits for at most `grace`, then kills what is left.
    void stop(Duration grace);
}
