// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.deploy.command.Typed.run;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The command itself, and each of its commands on its own.
class MainTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "init",
                "check",
                "all-in-one",
                "front",
                "store",
                "signatures",
                "status",
                "drain",
                "reload",
                "queue",
                "quarantine",
                "spool",
                "scan",
                "directory",
                "certificates",
                "password",
                "prepare",
                "version"
            })
    void everyCommand_explainsItself_andStandsInTheHelp(String command) {
        Typed.explainsItself(command);
        assertThat(run(0, "--help")).containsPattern("(?m)^  " + command + " ");
    }

    @Test
    void verbose_standsBeforeACommandToo_andUnknownWordsAreRefused() {
        assertThat(run(0, "--verbose", "version")).startsWith("postern ");
        assertThat(run(2, "versoin")).isEmpty();
        assertThat(run(2)).isEmpty();
    }
}
