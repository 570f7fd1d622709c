// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Makes digests.
final class Digests {
    private Digests() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
