// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import java.time.Duration;

/// What is said over one connection. All calls come one at a time, and see what those before did; what is sent
/// goes out when a call returns, or at [Link#flush()]. Calls come on the connection's virtual thread and may block,
/// but for those that say otherwise.
public interface Conversation {
    /// The connection is up; where TLS comes first, after the handshake. Runs on the event loop, does not block.
    void opened();

    /// Whether what these octets say can be done at once, asking no directory, filter, store or file; then it is
    /// done on the event loop. `false` in doubt. No octets stand for the end of the connection. Runs on the event
    /// loop, before the call that it decides about.
    boolean asksNobody(byte[] octets);

    /// Octets from the client. The array belongs to the caller again when this returns.
    void received(byte[] octets, int from, int to);

    /// The time asked for with [Link#hold] is over. Runs on the event loop, does not block.
    void resumed();

    /// The client was silent for longer than [#patience()], or the session is older than it may be.
    void timedOut();

    /// The front is closing: to be ended as soon as no mail is under way.
    void drain();

    /// The connection is gone; the last call.
    void closed();

    /// How long the client may be silent now. Any thread may ask.
    Duration patience();

    /// How long the client has been silent, or has done what counts as silence. Any thread may ask.
    Duration silent();
}
