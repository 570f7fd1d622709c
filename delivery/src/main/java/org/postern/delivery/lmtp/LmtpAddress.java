// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.lmtp;

import java.net.UnixDomainSocketAddress;
import org.postern.core.config.HostAndPort;

/// Where an LMTP server listens: `host:port`, or `unix:` and the path of a socket.
public sealed interface LmtpAddress {
    /// Over TCP.
    record Tcp(HostAndPort address) implements LmtpAddress {
        @Override
        public String toString() {
            return address.toString();
        }
    }

    /// Over a UNIX socket.
    record Unix(UnixDomainSocketAddress address) implements LmtpAddress {
        @Override
        public String toString() {
            return "unix:" + address.getPath();
        }
    }

    /// Reads the written form. Throws `IllegalArgumentException` with a sentence fit for an
    /// administrator.
    static LmtpAddress parse(String text) {
        if (!text.startsWith("unix:")) {
            return new Tcp(HostAndPort.parse(text));
        }
        if (!text.startsWith("unix:/")) {
            throw new IllegalArgumentException("write the whole path of the socket: unix:/run/dovecot/lmtp");
        }
        return new Unix(UnixDomainSocketAddress.of(text.substring("unix:".length())));
    }
}
