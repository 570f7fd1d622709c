// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.util.List;
import java.util.stream.Collectors;

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

    /// What a server that runs these roles is called on its machine, for example `mx` or `store`.
    static String names(List<Role> roles) {
        return roles.stream()
                .map(role -> switch (role) {
                    case Front(String farm) -> farm;
                    case Store() -> "store";
                    case AllInOne() -> "all-in-one";
                })
                .collect(Collectors.joining("+"));
    }
}
