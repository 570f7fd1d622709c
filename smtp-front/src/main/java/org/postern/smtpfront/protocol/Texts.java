// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

/// Makes text that quotes a client fit for a reply line.
final class Texts {
    private static final int MAX = 160;

    private Texts() {}

    static String safe(IllegalArgumentException reason) {
        return safe(String.valueOf(reason.getMessage()));
    }

    static String safe(String text) {
        String cut = text.length() > MAX ? text.substring(0, MAX) + "..." : text;
        return cut.replaceAll("[^ -~]", "?");
    }
}
