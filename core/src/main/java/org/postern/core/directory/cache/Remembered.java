// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.cache;

import org.postern.core.directory.Lookup;

/// One remembered answer, `Known` or `Unknown`.
///
/// @param answer what the directory said
/// @param since when it said so, in the ticker's nanoseconds
/// @param freshUntil how long it is taken as it is
/// @param servedUntil how long it is served while the directory does not answer; not beyond `freshUntil` for `Unknown`
/// @param retryAt when the directory is asked again, after it did not answer
record Remembered<V>(Lookup<V> answer, long since, long freshUntil, long servedUntil, long retryAt) {
    boolean isFresh(long now) {
        return now - freshUntil < 0;
    }

    /// Whether it may be served though it is old.
    boolean mayBeServedOld(long now) {
        return answer instanceof Lookup.Known && now - servedUntil < 0;
    }

    boolean isHeldOff(long now) {
        return now - retryAt < 0;
    }

    Remembered<V> heldOffUntil(long retry) {
        return new Remembered<>(answer, since, freshUntil, servedUntil, retry);
    }
}
