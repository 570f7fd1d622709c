// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/// Tells commands that are answered from what the session knows from those that ask somebody. docs/adr/0019
final class AtOnce {
    /// More than this in one piece is not soon done.
    private static final int OCTETS_MAX = 1024;

    private static final Set<String> ALWAYS = Set.of("EHLO", "HELO", "NOOP", "RSET", "QUIT", "VRFY", "EXPN", "HELP");

    private AtOnce() {}

    /// Whether the octets are whole lines of such commands; no octets are.
    static boolean canDo(byte[] octets, Session session) {
        if (octets.length > OCTETS_MAX) {
            return false;
        }
        int begin = 0;
        for (int i = 0; i < octets.length; i++) {
            if (octets[i] == '\n') {
                if (!isAtOnce(octets, begin, i + 1, session)) {
                    return false;
                }
                begin = i + 1;
            }
        }
        return begin == octets.length;
    }

    private static boolean isAtOnce(byte[] octets, int from, int to, Session session) {
        if (to - from < 6) {
            return false;
        }
        String verb = new String(octets, from, 4, StandardCharsets.US_ASCII).toUpperCase(Locale.ROOT);
        return switch (verb) {
            // What is sent by a known account is counted, perhaps over the network.
            case "MAIL" -> session.account().isEmpty();
            case "RCPT" ->
                session.account().isEmpty() && session.farm().with().directory().answersAtOnce();
            // What follows in the same piece would be the message, and may be the whole of it.
            case "DATA" -> to == octets.length;
            default -> ALWAYS.contains(verb);
        };
    }
}
