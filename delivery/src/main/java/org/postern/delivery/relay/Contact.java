// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import org.postern.delivery.schedule.Destination;

/// What an attempt says of the site. What became of the recipients in `rest` is still to be told.
sealed interface Contact {
    /// A host answered; everybody was told of.
    record Talked() implements Contact {}

    /// Nothing was learnt of the site.
    record Nothing(Parcel rest, Destination.Outcome outcome) implements Contact {}

    /// No host of it could be talked to.
    record Unreachable(Parcel rest, String why) implements Contact {}
}
