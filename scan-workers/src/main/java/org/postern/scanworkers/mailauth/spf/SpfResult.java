// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import java.util.Locale;

/// The results of check_host(). RFC 7208 section 2.6.
public enum SpfResult {
    /// The domain has no policy, or there is no domain to ask.
    NONE,
    /// The domain makes no assertion on the address.
    NEUTRAL,
    PASS,
    FAIL,
    SOFTFAIL,
    /// DNS could not be asked; nobody knows.
    TEMPERROR,
    /// The policy cannot be understood.
    PERMERROR;

    /// The word used in header fields. RFC 8601 section 2.7.2.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
