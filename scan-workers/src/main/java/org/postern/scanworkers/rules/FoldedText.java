// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

/// Text with every run of blanks folded into one space and invisible characters left out, so that a phrase is found
/// however it is wrapped. Bounded: what goes beyond is dropped.
final class FoldedText {
    private final int max;
    private final StringBuilder text = new StringBuilder();

    FoldedText(int max) {
        this.max = max;
    }

    boolean hasRoom() {
        return text.length() < max;
    }

    void append(char[] block, int length) {
        for (int i = 0; i < length && hasRoom(); i++) {
            append(block[i]);
        }
    }

    void append(char c) {
        if (!hasRoom()) {
            return;
        }
        if (c <= ' ' || c == '\u00a0' || c == '\u3000' || c == '\u2028' || c == '\u2029') {
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ' ') {
                text.append(' ');
            }
        } else if (!isInvisible(c)) {
            text.append(c);
        }
    }

    private static boolean isInvisible(char c) {
        return c == '\u00ad' || (c >= '\u200b' && c <= '\u200f') || c == '\u2060' || c == '\ufeff' || c == '\u034f';
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
