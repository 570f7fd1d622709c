// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.time.Duration;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// How long the client waits for a server. RFC 5321 section 4.5.3.2.
@Doc("How long other hosts are waited for.")
public record SmtpTimeouts(
        @Doc("For a connection; 100ms to 5m.") @Default("30s")
        Duration connect,

        @Doc("For the greeting and the answer to EHLO, and for TLS; 100ms to 10m.") @Default("2m")
        Duration greeting,

        @Doc("For the answer to any other command; 100ms to 10m.") @Default("5m")
        Duration command,

        @Doc("For 16 KiB of a message to be taken; 100ms to 10m.") @Default("3m")
        Duration block,

        @Doc("For the answer to the end of a message; 100ms to 30m.") @Default("10m")
        Duration end) {
    public SmtpTimeouts {
        check("connect", connect, 5);
        check("greeting", greeting, 10);
        check("command", command, 10);
        check("block", block, 10);
        check("end", end, 30);
    }

    private static void check(String name, Duration value, int minutes) {
        if (value.toMillis() < 100 || value.compareTo(Duration.ofMinutes(minutes)) > 0) {
            throw new IllegalArgumentException(name + " is 100ms to " + minutes + "m");
        }
    }

    /// The defaults.
    public static SmtpTimeouts defaults() {
        return new SmtpTimeouts(
                Duration.ofSeconds(30),
                Duration.ofMinutes(2),
                Duration.ofMinutes(5),
                Duration.ofMinutes(3),
                Duration.ofMinutes(10));
    }

    /// All the same; for tests.
    public static SmtpTimeouts all(Duration each) {
        return new SmtpTimeouts(each, each, each, each, each);
    }
}
