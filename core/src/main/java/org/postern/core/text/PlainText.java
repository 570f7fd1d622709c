// SPDX-License-Identifier: Apache-2.0
package org.postern.core.text;

/// Text that may come from an attacker, as it can be shown on one line: `?` stands for controls of both sets, for what
/// turns the direction of reading or is not seen, and for half a character; a blank for tabs and ends of lines.
public final class PlainText {
    private PlainText() {}

    /// The whole text.
    public static String of(String text) {
        return isPlain(text) ? text : replaced(text);
    }

    /// The beginning, with `…` where there is more.
    ///
    /// @param max how many `char`s of it, at least 1
    public static String of(String text, int max) {
        if (text.length() <= max) {
            return of(text);
        }
        int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return of(text.substring(0, end)) + "…";
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                return text.codePoints().allMatch(PlainText::isPlain);
            }
        }
        return true;
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }

    private static String replaced(String text) {
        return text.codePoints()
                .map(c -> isPlain(c) ? c : Character.isWhitespace(c) ? ' ' : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
