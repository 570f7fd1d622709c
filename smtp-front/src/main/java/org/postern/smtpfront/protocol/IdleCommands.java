// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/// The commands that bring no mail nearer, however often they are sent.
final class IdleCommands {
    private static final int VERB = 4;
    private static final Set<String> VERBS = Set.of("NOOP", "RSET", "HELP", "VRFY", "EXPN", "HELO", "EHLO");

    private IdleCommands() {}

    static boolean isOne(LineReader.Line line) {
        return line instanceof LineReader.Line.Whole(byte[] octets)
                && octets.length >= VERB
                && VERBS.contains(new String(octets, 0, VERB, StandardCharsets.US_ASCII).toUpperCase(Locale.ROOT));
    }
}
