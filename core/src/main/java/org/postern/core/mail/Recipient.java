// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.util.Optional;
import java.util.Set;

/// One recipient with what the client asked for it.
///
/// @param path where to
/// @param dsnNotify the values of NOTIFY in upper case, a subset of NEVER, SUCCESS, FAILURE, DELAY; empty where
///     none was given. RFC 3461 section 4.1
/// @param originalRecipient the value of ORCPT as sent, xtext undone. RFC 3461 section 4.2
public record Recipient(ForwardPath path, Set<String> dsnNotify, Optional<String> originalRecipient) {
    public Recipient {
        dsnNotify = Set.copyOf(dsnNotify);
    }

    /// Without parameters of RCPT.
    public static Recipient of(ForwardPath path) {
        return new Recipient(path, Set.of(), Optional.empty());
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
