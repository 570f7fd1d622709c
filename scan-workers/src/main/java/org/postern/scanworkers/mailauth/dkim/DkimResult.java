// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import java.util.Locale;

/// What became of a signature. RFC 8601 section 2.7.1.
public enum DkimResult {
    /// The domain signed this message, and it is as it was.
    PASS,
    /// The signature is not that of this message, has expired, or uses what must not be believed any more.
    FAIL,
    /// The signature was not looked at.
    NEUTRAL,
    /// The key could not be looked up; nobody knows.
    TEMPERROR,
    /// The signature or its key cannot be used, now or later.
    PERMERROR;

    /// The word used in header fields.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
