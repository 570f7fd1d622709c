// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/// The log as it is configured in the distribution.
final class PlainLineTest {
    private static String logged(String message, Throwable why) {
        PrintStream before = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setErr(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            LoggerFactory.getLogger("org.postern.deploy.Example").error("{} came", message, why);
        } finally {
            System.setErr(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void message_ofAnAttacker_isOneLine_andSteersNoTerminal() {
        String line = logged(
                "a\r\n2026-01-01T00:00:00Z INFO all is well\u001b[2J\u009b31m\u0007\u202etxt.exe\u2028b%n{}",
                new IOException("no\nentry\u001b]0;title\u0007"));

        assertThat(line)
                .contains("ERROR [")
                .contains("Example: a | 2026-01-01T00:00:00Z INFO all is well?[2J?31m??txt.exe b%n{} came ")
                .contains("java.io.IOException: no | entry?]0;title?")
                .endsWith("\n");
        assertThat(line.strip().chars()).allMatch(c -> c >= ' ' && c <= '~');
    }

    @Test
    @Timeout(20)
    void longMessage_isCut_alsoOneOfBlanks() {
        assertThat(logged("a".repeat(1_000_000), new IOException("x"))).hasSizeBetween(8_000, 8_200);
        assertThat(logged("\n" + " ".repeat(1_000_000), new IOException("x\ny")))
                .hasSizeBetween(80, 8_200);
    }
}
