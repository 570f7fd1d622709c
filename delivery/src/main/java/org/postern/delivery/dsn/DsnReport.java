// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.dsn;

/// What is reported about one recipient. RFC 3464 section 2.3.
///
/// @param recipient position in the envelope
/// @param action what became of the mail
/// @param diagnosis why
/// @param text for people, one line
public record DsnReport(int recipient, Action action, Diagnosis diagnosis, String text) {
    /// RFC 3464 section 2.3.3.
    public enum Action {
        FAILED,
        DELAYED,
        DELIVERED,
        RELAYED
    }
}
