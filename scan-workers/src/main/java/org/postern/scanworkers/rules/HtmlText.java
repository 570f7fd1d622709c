// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.util.Locale;
import java.util.Map;

/// Takes the tags, comments, scripts and styles out of HTML and resolves character references, octet by octet and
/// without ever failing. What a reader would see stays, more or less; it is not a browser.
final class HtmlText {
    private static final int TAG_NAME_MAX = 12;
    private static final int REFERENCE_MAX = 10;
    private static final Map<String, Character> NAMED = Map.of(
            "amp", '&', "lt", '<', "gt", '>', "quot", '"', "apos", '\'', "nbsp", ' ', "shy", '\u00ad', "euro", '\u20ac',
            "pound", '\u00a3');

    private final FoldedText out;
    private final StringBuilder held = new StringBuilder();
    private State state = State.TEXT;
    private String hidden = "";

    private enum State {
        TEXT,
        TAG,
        COMMENT,
        REFERENCE
    }

    HtmlText(FoldedText out) {
        this.out = out;
    }

    void append(char[] block, int length) {
        for (int i = 0; i < length; i++) {
            take(block[i]);
        }
    }

    private void take(char c) {
        switch (state) {
            case TEXT -> text(c);
            case TAG -> tag(c);
            case COMMENT -> comment(c);
            case REFERENCE -> reference(c);
        }
    }

    private void text(char c) {
        if (c == '<') {
            held.setLength(0);
            state = State.TAG;
        } else if (hidden.isEmpty()) {
            if (c == '&') {
                held.setLength(0);
                state = State.REFERENCE;
            } else {
                out.append(c);
            }
        }
    }

    private void tag(char c) {
        if (c == '>') {
            endTag();
            state = State.TEXT;
        } else if (held.length() < TAG_NAME_MAX) {
            held.append(c);
            if (held.toString().equals("!--")) {
                held.setLength(0);
                state = State.COMMENT;
            }
        }
    }

    private void endTag() {
        String text = held.toString().toLowerCase(Locale.ROOT);
        String name = text.split("[\\s/]", 2)[0];
        if (text.startsWith("/")) {
            String closed = text.substring(1).strip();
            if (closed.equals(hidden)) {
                hidden = "";
            }
            name = closed;
        } else if (hidden.isEmpty() && (name.equals("script") || name.equals("style"))) {
            hidden = name;
        }
        if (!isInline(name)) {
            out.append(' ');
        }
    }

    /// Tags that split words only to the eye of a filter.
    private static boolean isInline(String name) {
        return switch (name) {
            case "a", "b", "i", "u", "em", "strong", "font", "span", "big", "small", "sub", "sup", "wbr", "tt" -> true;
            default -> false;
        };
    }

    private void comment(char c) {
        held.append(c);
        if (held.length() > 3) {
            held.deleteCharAt(0);
        }
        if (held.toString().endsWith("-->") || held.toString().equals(">")) {
            state = State.TEXT;
        }
    }

    private void reference(char c) {
        if (c == ';' || held.length() >= REFERENCE_MAX || !(Character.isLetterOrDigit(c) || c == '#')) {
            resolve(c);
            state = State.TEXT;
            if (c != ';') {
                take(c);
            }
        } else {
            held.append(c);
        }
    }

    private void resolve(char end) {
        String name = held.toString();
        Character known = NAMED.get(name);
        if (known != null) {
            out.append(known);
            return;
        }
        int code = codePoint(name);
        if (code > 0) {
            for (char c : Character.toChars(code)) {
                out.append(c);
            }
            return;
        }
        out.append('&');
        for (int i = 0; i < name.length(); i++) {
            out.append(name.charAt(i));
        }
        if (end == ';') {
            out.append(';');
        }
    }

    private static int codePoint(String name) {
        try {
            int code = name.startsWith("#x") || name.startsWith("#X")
                    ? Integer.parseInt(name.substring(2), 16)
                    : name.startsWith("#") ? Integer.parseInt(name.substring(1)) : -1;
            return Character.isValidCodePoint(code) ? code : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
