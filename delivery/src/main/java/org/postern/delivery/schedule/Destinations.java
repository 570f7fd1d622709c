// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

/// Knows who delivers along a route.
public interface Destinations {
    /// Who delivers, and with whom together.
    ///
    /// @param group recipients of one mail with equal groups are delivered together, by the
    ///     destination of the first
    /// @param near whether it is soon done; what waits for other hosts is not
    record Way(Object group, Destination destination, boolean near) {}

    Way way(Route route);

    /// Ends every wait for other hosts: the store stops.
    void hangUp();
}
