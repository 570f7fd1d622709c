// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.spamd;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What spamd answered to `SYMBOLS`.
sealed interface SpamdReply {
    /// A verdict.
    ///
    /// @param spam whether it is spam by the threshold of SpamAssassin
    /// @param symbols the names of the rules that hit, separated by commas
    record Scored(double score, boolean spam, String symbols) implements SpamdReply {
        Set<String> names() {
            return symbols.isEmpty() ? Set.of() : Set.of(symbols.split(","));
        }
    }

    /// The server is busy or something failed.
    ///
    /// @param temporary whether it says to come back
    record Failed(boolean temporary, String text) implements SpamdReply {}

    /// What it comes to, for the meters.
    default String word() {
        return switch (this) {
            case Scored scored -> scored.spam() ? "spam" : "ham";
            case Failed failed -> failed.temporary() ? "busy" : "failed";
        };
    }

    /// Reads a whole reply, from the first octet to the end of the stream.
    static SpamdReply parse(byte[] octets) {
        return Reader.read(new String(octets, StandardCharsets.ISO_8859_1));
    }

    /// Strict where it matters: a reply without status, score or its whole body is no verdict.
    final class Reader {
        private static final Pattern STATUS =
                Pattern.compile("SPAMD/\\d{1,2}\\.\\d{1,2} (\\d{1,3}) ?([^\\r\\n]{0,200})");
        private static final Pattern SPAM = Pattern.compile(
                "(?i)(true|false|yes|no) ; (-?\\d{1,6}(?:\\.\\d{1,6})?) / (-?\\d{1,6}(?:\\.\\d{1,6})?)");

        private Reader() {}

        private static SpamdReply read(String text) {
            int end = text.indexOf("\r\n\r\n");
            String head = end < 0 ? text : text.substring(0, end);
            String[] lines = head.split("\r\n", -1);
            Matcher status = STATUS.matcher(lines[0].stripTrailing());
            if (!status.matches()) {
                return new Failed(false, text.isEmpty() ? "connection closed without a reply" : "not a reply of spamd");
            }
            if (!status.group(1).equals("0")) {
                boolean temporary =
                        status.group(1).equals("75") || status.group(1).equals("79");
                return new Failed(temporary, status.group(1) + " " + status.group(2));
            }
            return end < 0 ? new Failed(false, "reply cut off in its header") : scored(lines, text.substring(end + 4));
        }

        private static SpamdReply scored(String[] lines, String body) {
            Double score = null;
            boolean bad = false;
            for (String line : lines) {
                int colon = line.indexOf(':');
                String name = colon < 0 ? "" : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
                String value = line.substring(colon + 1).strip();
                if (name.equals("spam")) {
                    Matcher spam = SPAM.matcher(value);
                    if (!spam.matches() || score != null) {
                        return new Failed(false, "not a score: " + shortened(value));
                    }
                    score = Double.valueOf(spam.group(2));
                    bad = spam.group(1).equalsIgnoreCase("true")
                            || spam.group(1).equalsIgnoreCase("yes");
                } else if (name.equals("content-length") && !value.equals(Integer.toString(body.length()))) {
                    return new Failed(false, "reply cut off: " + body.length() + " of " + shortened(value) + " octets");
                }
            }
            return score == null
                    ? new Failed(false, "a reply without a score")
                    : new Scored(score, bad, body.strip().replaceAll("\\s+", ""));
        }

        private static String shortened(String text) {
            return text.length() > 60 ? text.substring(0, 60) + "…" : text;
        }
    }
}
