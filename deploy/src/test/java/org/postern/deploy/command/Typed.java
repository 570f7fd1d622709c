// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// The `postern` command as it is typed, in the JVM of the test.
final class Typed {
    private Typed() {}

    /// What a command prints to standard output; fails where its exit code is another one.
    static String run(int exit, String... words) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            assertThat(Main.run(words)).as(String.join(" ", words)).isEqualTo(exit);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /// What a command that cannot be understood says to standard error; it prints nothing else.
    static String refused(String... words) {
        return complaint(() -> assertThat(run(2, words)).isEmpty());
    }

    /// What a command says to standard error; fails where its exit code is another one.
    static String complaint(int exit, String... words) {
        return complaint(() -> {
            var _ = run(exit, words);
        });
    }

    private static String complaint(Runnable typing) {
        PrintStream before = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try {
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            typing.run();
        } finally {
            System.setErr(before);
        }
        return err.toString(StandardCharsets.UTF_8);
    }

    /// A command that explains itself when asked, and refuses an option it does not have.
    static void explainsItself(String command) {
        assertThat(run(0, (command + " --help").split(" "))).contains("Usage: postern " + command);
        assertThat(run(2, (command + " --unknown").split(" "))).isEmpty();
    }
}
