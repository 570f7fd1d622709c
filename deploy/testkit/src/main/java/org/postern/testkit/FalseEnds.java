// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.util.List;

/// Octets that somebody might take for the end of a message, in hexadecimal; by RFC 5321 section 4.1.1.4 none is.
/// What follows one in a message must never become a transaction of its own.
public final class FalseEnds {
    private FalseEnds() {}

    public static List<String> all() {
        return List.of(
                "0a2e0a",
                "0a2e0d0a",
                "0a2e0d",
                "0d2e0d",
                "0d2e0a",
                "0d2e0d0a",
                "0d0a2e0d",
                "0d0a2e0a",
                "0d0a2e0d0d0a",
                "0d0d0a2e0d0d0a",
                "0a2e0d0d0a",
                "0d0a002e0d0a",
                "0d0a2e000d0a",
                "0a2e2e0d0a",
                "0d0a2e2e0a");
    }
}
