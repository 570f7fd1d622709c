// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.smtp.SmtpConnection;

/// The hosts one mail may go to, each with what is asked of it.
sealed interface Itinerary {
    /// One address to try.
    ///
    /// @param host its name, for its certificate and for people
    record Leg(
            String host,
            InetAddress address,
            int port,
            Demand demand,
            boolean implicitTls,
            Optional<Dialer.Login> login) {
        @Override
        public String toString() {
            return SmtpConnection.where(host, new InetSocketAddress(address, port));
        }
    }

    /// In the order in which they are to be tried; at least one.
    ///
    /// @param onlyThese whether there is no other host of which nobody can say now whether it may be used
    record Legs(List<Leg> legs, boolean onlyThese) implements Itinerary {
        public Legs {
            legs = List.copyOf(legs);
        }
    }

    /// This mail can never be sent.
    record Never(String reason, Diagnosis diagnosis) implements Itinerary {}

    /// Nobody can say now, or no host may be used now.
    record Unknown(String reason) implements Itinerary {}
}
