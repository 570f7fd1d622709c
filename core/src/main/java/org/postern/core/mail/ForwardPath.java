// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

/// A recipient in the envelope. RFC 5321 section 4.1.1.3.
///
/// The bare `<Postmaster>` of RFC 5321 section 4.5.1 is turned into `postmaster@` the server's own domain
/// where the command is read, so a forward path always is an address.
public record ForwardPath(MailAddress address) {
    /// Reads an address without angle brackets. Throws `IllegalArgumentException` with a sentence fit for people.
    public static ForwardPath parse(String text) {
        return new ForwardPath(MailAddress.parse(text));
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
