// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import java.util.concurrent.Semaphore;

/// The recipients that all open transactions of a front may have together, beyond a few that each may have anyway: so
/// what many clients name at the same time cannot use up the heap. Any thread.
public final class RecipientPlaces {
    /// So many recipients of a transaction take no place.
    public static final int FREE = 2;

    private final int inAll;
    private final Semaphore places;

    public RecipientPlaces(int places) {
        this.inAll = places;
        this.places = new Semaphore(places);
    }

    /// Whether there was a place left; it must be given back.
    public boolean take() {
        return places.tryAcquire();
    }

    public void giveBack(int taken) {
        places.release(taken);
    }

    /// How many places are taken.
    int taken() {
        return inAll - places.availablePermits();
    }
}
