// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

/// Whether clients of a farm log in.
public enum Authentication {
    /// Nobody logs in; mail is taken for local recipients only.
    NONE,
    /// Who logs in may submit; others are served like `NONE`.
    OPTIONAL,
    /// No mail without a login, also not for local recipients. RFC 6409 section 4.3
    REQUIRED
}
