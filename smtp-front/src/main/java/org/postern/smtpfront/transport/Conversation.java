// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import java.time.Duration;

/// What is said over one connection. All calls come one at a time, on the connection's virtual thread, and may
/// block; what is sent goes out when a call returns, or at [Link#flush()].
public interface Conversation {
    /// The connection is up; where TLS comes first, after the handshake.
    void opened();

    /// Octets from the client. The array belongs to the caller again when this returns.
    void received(byte[] octets, int from, int to);

    /// The client was silent for longer than [#patience()], or the session is older than it may be.
    void timedOut();

    /// The front is closing: to be ended as soon as no mail is under way.
    void drain();

    /// The connection is gone; the last call.
    void closed();

    /// How long the client may be silent now. Any thread may ask.
    Duration patience();
}
