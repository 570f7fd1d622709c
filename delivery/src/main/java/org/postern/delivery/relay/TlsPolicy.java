// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

/// What is asked of the connection to another host.
public enum TlsPolicy {
    /// None, even where it is offered: for a host whose TLS is broken.
    NONE,
    /// Where it is offered, with any certificate.
    OPPORTUNISTIC,
    /// Always, with any certificate.
    REQUIRED,
    /// Always, with a certificate that is valid for the host's name.
    VERIFIED
}
