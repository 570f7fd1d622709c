// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

/// What becomes of a message that holds a CR or LF on its own.
public enum BareLineEnds {
    /// It is refused with 550 after its real end. RFC 5321 section 2.3.8
    REFUSE,
    /// Each becomes CRLF, once, before anybody looks at the message.
    NORMALISE
}
