// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import org.postern.delivery.smtp.TlsClient;

/// What is asked of TLS on one connection, from whatever said so.
sealed interface Demand {
    /// In the clear.
    record Clear() implements Demand {}

    /// Where it is offered; in the clear where it is not or does not work. RFC 7435.
    record Opportunistic() implements Demand {}

    /// Always.
    ///
    /// @param client decides about the certificate
    /// @param why who asks for it, for the log
    record Always(TlsClient client, String why) implements Demand {}
}
