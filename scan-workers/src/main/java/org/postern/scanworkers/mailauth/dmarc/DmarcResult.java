// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dmarc;

import java.util.Locale;

/// RFC 9989 section 5.4, RFC 8601 section 2.7.
public enum DmarcResult {
    /// The domain has no policy.
    NONE,
    PASS,
    FAIL,
    /// DNS could not be asked; nobody knows.
    TEMPERROR,
    /// There is no one author domain to ask.
    PERMERROR;

    /// The word used in header fields.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
