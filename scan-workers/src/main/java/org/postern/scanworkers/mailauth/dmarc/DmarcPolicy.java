// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dmarc;

import java.util.Locale;
import java.util.Optional;

/// What a domain asks for when a message does not pass. RFC 9989 section 4.7.
public enum DmarcPolicy {
    NONE,
    QUARANTINE,
    REJECT;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<DmarcPolicy> of(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "none" -> Optional.of(NONE);
            case "quarantine" -> Optional.of(QUARANTINE);
            case "reject" -> Optional.of(REJECT);
            default -> Optional.empty();
        };
    }

    /// One level lower, for a domain that only tests, tag `t`.
    DmarcPolicy lowered() {
        return this == REJECT ? QUARANTINE : NONE;
    }
}
