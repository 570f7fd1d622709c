// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Rate;

/// How fast clients may be.
public record RatesConfig(
        @Doc("Connections of one address (IPv6: one /64); unlimited for no bound.") @Default("600/1m")
        Rate connections,

        @Doc("Commands of one address; unlimited for no bound.") @Default("60000/1m")
        Rate commands,

        @Doc("Commands of one session; unlimited for no bound.") @Default("30000/1m")
        Rate sessionCommands,

        @Doc("Commands of a session between two mails that bring no mail nearer (NOOP, RSET, HELP, VRFY, EXPN, HELO,"
                + " EHLO); 10 or more.")
        @Default("100")
        int idleCommands,

        @Doc("Octets a second below which a client that sends a message counts as silent, up to 1MiB; 0B for no"
                + " bound. A command line must be complete within timeouts.command.")
        @Default("500B")
        ByteSize minimum,

        @Doc("How many addresses, and how many networks, are remembered; 100 to 10000000.") @Default("10000")
        int remembered) {
    public RatesConfig {
        AdmissionConfig.within("idle-commands", idleCommands, 10, Integer.MAX_VALUE);
        AdmissionConfig.within("remembered", remembered, 100, 10_000_000);
        AdmissionConfig.within("minimum", minimum.bytes(), 0, 1 << 20);
    }

    /// The documented defaults.
    public static RatesConfig defaults() {
        return new RatesConfig(
                Rate.parse("600/1m"), Rate.parse("60000/1m"), Rate.parse("30000/1m"), 100, new ByteSize(500), 10_000);
    }
}
