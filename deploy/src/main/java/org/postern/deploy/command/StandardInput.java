// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Reads lines from standard input, not one octet more.
final class StandardInput {
    private static final int LINE_OCTETS_MAX = 16 * 1024;

    private StandardInput() {}

    /// The next line without its end; empty at the end of the input.
    static String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = System.in.read(); octet >= 0 && octet != '\n'; octet = System.in.read()) {
            if (line.size() == LINE_OCTETS_MAX) {
                throw new IOException("a line of more than " + LINE_OCTETS_MAX + " octets");
            }
            line.write(octet);
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
