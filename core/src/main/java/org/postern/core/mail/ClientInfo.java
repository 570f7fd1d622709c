// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.net.InetAddress;
import java.util.Optional;

/// Who is at the other end of the SMTP session, as far as it is known when a message is judged.
///
/// @param address the client's address, the one behind a trusted balancer
/// @param helo the argument of HELO or EHLO as sent
/// @param esmtp whether it said EHLO
/// @param tls protocol and cipher suite, for example `TLSv1.3 TLS_AES_256_GCM_SHA384`; empty on a plain connection
/// @param authenticatedAs the account that logged in; empty where nobody did
/// @param certificate the subject of its TLS certificate, where an authority we believe stands behind it
/// @param earlyTalker whether it spoke before it was greeted. RFC 5321 section 3.1
public record ClientInfo(
        InetAddress address,
        String helo,
        boolean esmtp,
        Optional<String> tls,
        Optional<String> authenticatedAs,
        Optional<String> certificate,
        boolean earlyTalker) {
    /// A client without a certificate that waited for the greeting.
    public ClientInfo(
            InetAddress address, String helo, boolean esmtp, Optional<String> tls, Optional<String> authenticatedAs) {
        this(address, helo, esmtp, tls, authenticatedAs, Optional.empty(), false);
    }
}
