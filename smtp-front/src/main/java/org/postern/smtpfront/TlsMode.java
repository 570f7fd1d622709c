// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

/// How a listener uses TLS.
public enum TlsMode {
    /// Never.
    NONE,
    /// STARTTLS is offered. RFC 3207
    STARTTLS,
    /// Nothing but EHLO, STARTTLS, NOOP and QUIT before TLS is up.
    STARTTLS_REQUIRED,
    /// From the first octet. RFC 8314 section 3.3
    IMPLICIT
}
