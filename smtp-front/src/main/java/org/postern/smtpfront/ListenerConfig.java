// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.net.InetAddress;
import java.util.List;
import org.postern.core.config.CidrBlock;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Where a farm listens.
public record ListenerConfig(
        @Doc("TCP port, 0 to 65535; 0 lets the system choose.")
        int port,

        @Doc("Address to listen on; 0.0.0.0 and :: mean all.") @Default("0.0.0.0")
        String address,

        @Doc("none, starttls, starttls-required or implicit.") @Default("none")
        TlsMode tls,

        @Doc("Peers whose PROXY header (version 1 or 2) is required and believed; nobody else's is read.")
        @Default("[]")
        List<CidrBlock> proxyProtocolFrom,

        @Doc("Peers that may say by XCLIENT for whom they speak.") @Default("[]")
        List<CidrBlock> xclientFrom) {
    public ListenerConfig {
        xclientFrom = List.copyOf(xclientFrom);
        proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
        }
    }

    /// Whether a peer is believed when it says by XCLIENT for whom it speaks.
    public boolean mayAnnounceClients(InetAddress peer) {
        return xclientFrom.stream().anyMatch(block -> block.contains(peer));
    }

    /// A listener without XCLIENT.
    public ListenerConfig(int port, String address, TlsMode tls, List<CidrBlock> proxyProtocolFrom) {
        this(port, address, tls, proxyProtocolFrom, List.of());
    }

    /// A listener without PROXY headers.
    public static ListenerConfig of(String address, int port, TlsMode tls) {
        return new ListenerConfig(port, address, tls, List.of());
    }
}
