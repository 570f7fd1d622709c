// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.util.Optional;

/// What the MAIL command said about the whole mail beside its sender.
///
/// @param body how the bytes are to be read
/// @param smtputf8 whether addresses and header may hold UTF-8. RFC 6531
/// @param requireTls whether every further hop must use verified TLS. RFC 8689
/// @param returnContent RET: `FULL` or `HDRS`. RFC 3461 section 4.3
/// @param envelopeId ENVID, xtext undone. RFC 3461 section 4.4
public record MailParameters(
        BodyType body,
        boolean smtputf8,
        boolean requireTls,
        Optional<String> returnContent,
        Optional<String> envelopeId) {
    /// How the bytes are to be read. RFC 6152, RFC 3030.
    public enum BodyType {
        /// Lines of US-ASCII. RFC 5321 section 4.5.2.
        SEVEN_BIT,
        /// Lines, in which octets above 127 may stand. RFC 6152.
        EIGHT_BIT_MIME,
        /// Any octets, no lines. RFC 3030 section 3.
        BINARY_MIME
    }

    /// No parameter given.
    public static final MailParameters NONE =
            new MailParameters(BodyType.SEVEN_BIT, false, false, Optional.empty(), Optional.empty());
}
