// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.management;

import java.util.Map;

/// Something a running server does when the `postern` command asks for it over the [ControlSocket].
///
/// @param name the words of the command, for example `queue list`
/// @param handler what is done
public record Operation(String name, Handler handler) {
    /// Runs on a virtual thread of its own and may block.
    @FunctionalInterface
    public interface Handler {
        /// @param arguments by name; texts, as the command sent them
        /// @throws IllegalArgumentException where the arguments are wrong; its text is shown to the caller
        /// @throws Exception anything else that failed; its text is shown to the caller, and it is logged here
        void run(Map<String, String> arguments, Answer answer) throws Exception;
    }

    /// What goes back to the command while the operation runs.
    public interface Answer {
        /// One line of a table: the columns in their order. Values as `core`'s `Json` writes them.
        void row(Map<String, ?> columns);

        /// One line for people: progress, or what was done.
        void say(String line);
    }
}
