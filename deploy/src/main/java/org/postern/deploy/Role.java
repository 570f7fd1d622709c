// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

/// What a node does.
public sealed interface Role {
    /// One farm: takes mail in, judges it, hands it to the store.
    ///
    /// @param farm its name in the configuration
    record Front(String farm) implements Role {}

    /// The store: keeps mail and delivers it.
    record Store() implements Role {}

    /// The store and every farm, in one process.
    record AllInOne() implements Role {}
}
