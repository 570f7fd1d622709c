// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import java.util.concurrent.atomic.AtomicBoolean;

/// Something that exactly one of several threads may do.
final class Once {
    private final AtomicBoolean claimed = new AtomicBoolean();

    /// `true` for the first that asks, `false` for all others.
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }
}
