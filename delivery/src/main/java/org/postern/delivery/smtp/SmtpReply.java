// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.text.PlainText;

/// One reply of a server. RFC 5321 section 4.2.
///
/// @param code 200 to 599
/// @param lines the text of each line, without code and line end; octets that are not UTF-8 are
///     replaced
public record SmtpReply(int code, List<String> lines) {
    /// RFC 5321 section 4.5.3.1.5 allows 512; servers exceed it.
    private static final int LINE_MAX = 4096;
    private static final int LINES_MAX = 200;
    /// Stands for the answer to the end of a message that never came: nobody knows what became of it.
    /// RFC 3463 section 3.5: X.4.2, bad connection.
    public static final SmtpReply LOST = new SmtpReply(451, "4.4.2 no answer to the end of the message");

    // Any text, also what Unicode takes for the end of a line: a strange word makes no answer less of one.
    private static final Pattern LINE = Pattern.compile("[2-5]\\d\\d(?:[ -].*)?", Pattern.DOTALL);
    private static final Pattern STATUS = Pattern.compile("([245]\\.\\d{1,3}\\.\\d{1,3})(?:\\s.*)?", Pattern.DOTALL);

    public SmtpReply {
        if (code < 200 || code > 599) {
            throw new IllegalArgumentException("not a reply code: " + code);
        }
        lines = List.copyOf(lines);
    }

    public SmtpReply(int code, String text) {
        this(code, List.of(text));
    }

    /// Reads one reply.
    ///
    /// @throws ProtocolException where it is none
    /// @throws IOException where the connection ended
    static SmtpReply read(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>(2);
        int code = -1;
        while (true) {
            String line = line(in);
            if (!LINE.matcher(line).matches() || (code >= 0 && number(line) != code)) {
                throw new ProtocolException("not a reply: " + printable(line));
            }
            code = number(line);
            lines.add(line.length() > 4 ? printable(line.substring(4)) : "");
            if (line.length() < 4 || line.charAt(3) == ' ') {
                return new SmtpReply(code, lines);
            }
            if (lines.size() >= LINES_MAX) {
                throw new ProtocolException("a reply of more than " + LINES_MAX + " lines");
            }
        }
    }

    /// What a server sent that is no SMTP.
    static final class ProtocolException extends IOException {
        private static final long serialVersionUID = 1L;

        ProtocolException(String message) {
            super(message);
        }
    }

    private static int number(String line) {
        return Integer.parseInt(line, 0, 3, 10);
    }

    private static String line(InputStream in) throws IOException {
        byte[] octets = new byte[128];
        int length = 0;
        while (true) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("the server closed the connection");
            }
            if (octet == '\n') {
                break;
            }
            if (length == LINE_MAX) {
                throw new ProtocolException("a reply line of more than " + LINE_MAX + " octets");
            }
            if (length == octets.length) {
                octets = java.util.Arrays.copyOf(octets, length * 2);
            }
            octets[length++] = (byte) octet;
        }
        int end = length > 0 && octets[length - 1] == '\r' ? length - 1 : length;
        return new String(octets, 0, end, StandardCharsets.UTF_8);
    }

    private static String printable(String text) {
        return PlainText.of(text);
    }

    public boolean isPositive() {
        return code < 300;
    }

    public boolean isTemporary() {
        return code >= 400 && code < 500;
    }

    public boolean isPermanent() {
        return code >= 500;
    }

    /// The enhanced status code it carries, or the least that follows from its code. RFC 3463.
    public String status() {
        Matcher matcher = STATUS.matcher(lines.isEmpty() ? "" : lines.getFirst());
        String fallback = code / 100 + ".0.0";
        return matcher.matches() && matcher.group(1).charAt(0) == fallback.charAt(0) ? matcher.group(1) : fallback;
    }

    /// In one line, for people and for reports.
    @Override
    public String toString() {
        return code + " " + String.join(" ", lines).strip();
    }
}
