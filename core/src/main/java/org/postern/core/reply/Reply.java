// SPDX-License-Identifier: Apache-2.0
package org.postern.core.reply;

import java.util.List;
import java.util.Optional;

/// One SMTP reply: what the client is told. It never names an engine, a file or a setting.
///
/// @param code the three digits
/// @param enhanced the enhanced status code; empty where RFC 2034 section 4 forbids one (greeting, EHLO, 3yz)
/// @param lines one or more lines of text without line breaks or other control characters, each at most 480
///     characters
public record Reply(ReplyCode code, Optional<EnhancedStatusCode> enhanced, List<String> lines) {
    /// RFC 5321 section 4.5.3.1.5 allows 512 octets with code and CRLF.
    private static final int LINE_LENGTH_MAX = 480;

    public Reply {
        lines = List.copyOf(lines);
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("a reply has at least one line");
        }
        for (String line : lines) {
            if (line.length() > LINE_LENGTH_MAX || line.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
                throw new IllegalArgumentException("not fit for a reply line: " + line.length() + " characters");
            }
        }
        if (enhanced.isPresent() && enhanced.get().statusClass() != code.number() / 100) {
            throw new IllegalArgumentException(code + " does not go with " + enhanced.get());
        }
    }

    /// A one-line reply with an enhanced status code, for example `Reply.of(LOCAL_ERROR_451, "4.3.0", "Try again
    /// later")`.
    public static Reply of(ReplyCode code, String enhanced, String text) {
        return new Reply(code, Optional.of(EnhancedStatusCode.parse(enhanced)), List.of(text));
    }

    /// A one-line reply without an enhanced status code.
    public static Reply plain(ReplyCode code, String text) {
        return new Reply(code, Optional.empty(), List.of(text));
    }

    /// The first line as it is sent, for logs and for people: `451 4.3.0 Try again later`.
    @Override
    public String toString() {
        return code.number() + enhanced.map(e -> " " + e).orElse("") + " " + lines.getFirst();
    }
}
