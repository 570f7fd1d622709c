// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.ByteSize;

/// What one client, one session and one message may use up.
public record LimitsConfig(
        @Doc("Sessions at once, all clients together; 1 to 1000000.") @Default("2000")
        int connections,

        @Doc("Sessions at once from one address (IPv6: one /64); 1 to 1000000.") @Default("50")
        int connectionsPerAddress,

        @Doc("Largest message, as announced with SIZE.") @Default("50MiB")
        ByteSize messageSize,

        @Doc("Octets of one message kept in memory; what is larger goes to an unlinked file in the temp folder. At most"
                + " mails-at-once messages that come in or are worked on have more than 2 KiB in memory.")
        @Default("256KiB")
        ByteSize messageMemory,

        @Doc("Recipients of one message; RFC 5321 asks for at least 100. All open transactions together have five times"
                + " as many.")
        @Default("1000")
        int recipients,

        @Doc("Longest command line with CRLF in octets; 512 to 65536.") @Default("4096")
        int commandLine,

        @Doc("Refused commands after which a session ends; 1 or more.") @Default("20")
        int errors,

        @Doc("Mails of one session; 1 or more.") @Default("1000")
        int mailsPerSession,

        @Doc("Mails judged or handed over at once; further clients are told to come again. 1 to 100000.")
        @Default("200")
        int mailsAtOnce) {
    public LimitsConfig {
        upTo(1_000_000, "connections", connections);
        upTo(1_000_000, "connections-per-address", connectionsPerAddress);
        upTo(100_000, "recipients", recipients);
        upTo(100_000, "mails-at-once", mailsAtOnce);
        atLeastOne("errors", errors);
        atLeastOne("mails-per-session", mailsPerSession);
        if (commandLine < 512 || commandLine > 65_536) {
            throw new IllegalArgumentException("command-line is 512 to 65536, not " + commandLine);
        }
        if (messageSize.bytes() < 65_536 || messageSize.bytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("message-size is 64KiB to 2047MiB, not " + messageSize);
        }
        if (messageMemory.bytes() < 1024 || messageMemory.bytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("message-memory is 1KiB to 2047MiB, not " + messageMemory);
        }
    }

    private static void upTo(int most, String name, int value) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + " is 1 to " + most + ", not " + value);
        }
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is 1 or more, not " + value);
        }
    }

    /// So many recipients all open transactions may have together, beyond a few that each may have anyway: enough for
    /// some with as many as one may have.
    public int recipientsAtOnce() {
        return 5 * recipients;
    }

    /// So many octets of a message are read, whatever becomes of it: as many again as it may have, for a client that
    /// learns of its refusal only at the end.
    public long octetsReadMax() {
        return 2 * messageSize.bytes();
    }

    /// The documented defaults.
    public static LimitsConfig defaults() {
        return new LimitsConfig(2000, 50, ByteSize.ofMiB(50), ByteSize.ofKiB(256), 1000, 4096, 20, 1000, 200);
    }
}
