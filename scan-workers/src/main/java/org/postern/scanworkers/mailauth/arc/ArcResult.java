// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.arc;

import java.util.Locale;

/// The state of a chain. RFC 8617 section 4.4; the fourth value is ours: RFC 8617 section 5.2 leaves open what to
/// say while a key cannot be looked up, and "fail" would be a lie that is sealed for ever.
public enum ArcResult {
    NONE,
    PASS,
    FAIL,
    TEMPERROR;

    /// The word used in header fields.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
