// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dmarc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the addresses out of an unfolded From value. RFC 5322 section 3.4; obsolete routes are refused.
final class AddressList {
    private static final int COMMENT_DEPTH_MAX = 20;

    private final String text;
    private final List<String> addresses = new ArrayList<>();
    private final StringBuilder words = new StringBuilder();
    private boolean inGroup;
    private boolean angled;
    private boolean quoted;
    private int at;

    AddressList(String text) {
        this.text = text;
    }

    /// All addresses, `local@domain`; empty where the text is not a list of addresses.
    Optional<List<String>> read() {
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean good = switch (c) {
                case '(' -> skipComment();
                case '"' -> quotedString();
                case '<' -> angleAddress();
                case ',' -> endOfMailbox() && advance();
                case ':' -> startOfGroup();
                case ';' -> endOfGroup();
                case '>', ')', ']', '\\' -> false;
                case '[' -> literal();
                default -> word(c);
            };
            if (!good) {
                return Optional.empty();
            }
        }
        return endOfMailbox() && !inGroup ? Optional.of(addresses) : Optional.empty();
    }

    private boolean advance() {
        at++;
        return true;
    }

    private boolean word(char c) {
        boolean blank = c == ' ' || c == '\t';
        if ((c < ' ' && !blank) || c == 0x7f || (angled && !blank)) {
            return false;
        }
        words.append(c == '\t' ? ' ' : c);
        return advance();
    }

    private boolean skipComment() {
        int depth = 0;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == '(' && ++depth > COMMENT_DEPTH_MAX) {
                return false;
            } else if (c == ')' && --depth == 0) {
                words.append(' ');
                return advance();
            }
        }
        return false;
    }

    private boolean quotedString() {
        if (angled) {
            return false;
        }
        int start = at;
        at = endOfQuoted(at);
        if (at < 0) {
            at = text.length();
            return false;
        }
        quoted = true;
        // What stands in quotes is a word; its own @ and blanks must not be taken for an address.
        words.append("\"".repeat(Math.min(2, at - start)));
        return true;
    }

    /// The index after the closing quote; -1 without one.
    private int endOfQuoted(int from) {
        for (int i = from + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                return i + 1;
            }
        }
        return -1;
    }

    private boolean literal() {
        int end = text.indexOf(']', at);
        if (end < 0 || angled) {
            return false;
        }
        words.append(text, at, end + 1);
        at = end + 1;
        return true;
    }

    private boolean angleAddress() {
        // A display name with a bare @ reads as another address in some programs.
        if (angled || words.indexOf("@") >= 0) {
            return false;
        }
        int i = at + 1;
        StringBuilder inner = new StringBuilder();
        while (i < text.length() && text.charAt(i) != '>') {
            char c = text.charAt(i);
            if (c == '"') {
                int end = endOfQuoted(i);
                if (end < 0) {
                    return false;
                }
                inner.append("\"\"");
                i = end;
            } else if ("<,;()\\".indexOf(c) >= 0) {
                return false;
            } else {
                inner.append(c);
                i++;
            }
        }
        if (i >= text.length()) {
            return false;
        }
        at = i + 1;
        angled = true;
        return add(inner.toString().strip());
    }

    private boolean add(String address) {
        int sign = address.indexOf('@');
        if (sign < 1 || sign != address.lastIndexOf('@') || address.chars().anyMatch(Character::isWhitespace)) {
            return false;
        }
        addresses.add(address);
        return true;
    }

    private boolean endOfMailbox() {
        String rest = words.toString().strip();
        boolean empty = rest.isEmpty() && !angled && !quoted;
        boolean good = angled || empty || add(rest.replaceAll(" *([.@]) *", "$1"));
        words.setLength(0);
        angled = false;
        quoted = false;
        return good;
    }

    private boolean startOfGroup() {
        if (inGroup || angled || words.indexOf("@") >= 0) {
            return false;
        }
        inGroup = true;
        words.setLength(0);
        quoted = false;
        return advance();
    }

    private boolean endOfGroup() {
        if (!inGroup || !endOfMailbox()) {
            return false;
        }
        inGroup = false;
        return advance();
    }
}
