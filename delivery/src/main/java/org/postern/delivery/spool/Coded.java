// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.util.Optional;

/// A constant with a number that stands on disk or on the wire and never changes.
interface Coded {
    int code();

    /// The one of this number.
    static <T extends Coded> Optional<T> find(T[] all, int code) {
        for (T one : all) {
            if (one.code() == code) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }
}
