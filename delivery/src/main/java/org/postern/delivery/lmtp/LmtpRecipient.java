// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.lmtp;

/// What an LMTP server is told as recipient.
public enum LmtpRecipient {
    /// The main address of the account, which is what the server's own user list has.
    ACCOUNT,
    /// The address the mail came for.
    ORIGINAL
}
