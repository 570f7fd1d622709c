// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

/// What a client is told that has failed to log in too often.
public enum LoginRefusal {
    /// 454 4.7.0, and the session goes on. RFC 4954 section 4.7.6
    REFUSE,
    /// 421 4.7.0, and the session ends.
    DISCONNECT
}
