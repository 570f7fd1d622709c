// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

/// The answer of a directory, with three values.
///
/// @param <T> what is known
public sealed interface Lookup<T> {
    /// It exists, and this is it.
    record Known<T>(T value) implements Lookup<T> {}

    /// It certainly does not exist.
    record Unknown<T>() implements Lookup<T> {}

    /// The directory could not say: 451, never 550.
    ///
    /// @param reason for the log
    record Undetermined<T>(String reason) implements Lookup<T> {}
}
