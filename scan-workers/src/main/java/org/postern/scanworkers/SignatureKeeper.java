// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers;

import java.util.List;
import java.util.function.Consumer;

/// A filter whose backends have signatures that can be read again while mail flows.
public interface SignatureKeeper {
    /// The name of the filter.
    String name();

    /// One line for each backend, from memory.
    List<Status> signatures();

    /// Has the backends read their signatures again, one after the other; each is taken out of the pool before and
    /// proven after. Takes minutes. Only one such round runs at a time.
    ///
    /// @param progress what is being done, a line each
    /// @return whether all backends were reloaded
    boolean reloadSignatures(Consumer<String> progress) throws InterruptedException;

    /// Where a backend stands.
    ///
    /// @param state such as `up` or `reloading`
    /// @param version what it says of engine and signatures, and how old these are
    /// @param inUse mails it works on
    record Status(String backend, String state, String version, int inUse) {}
}
