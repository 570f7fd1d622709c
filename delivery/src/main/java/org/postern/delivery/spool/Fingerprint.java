// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.util.HexFormat;
import org.postern.core.handoff.DedupKey;

/// The first 128 bits of a deduplication key: enough to tell mails apart, small enough to keep one in memory for
/// each mail of a week.
record Fingerprint(long high, long low) {
    static Fingerprint of(DedupKey key) {
        return new Fingerprint(
                HexFormat.fromHexDigitsToLong(key.hex(), 0, 16), HexFormat.fromHexDigitsToLong(key.hex(), 16, 32));
    }
}
