// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WaysTest {
    private static final DaemonKind MISSING =
            new DaemonKind("gone", "no-such-image", "no-such-program", "gone-package");

    /// The ways that can be had here: the PATH always (a missing program fails the test), containers where an
    /// engine answers.
    static Stream<Way> possible() {
        Optional<Way> forced = Way.forced();
        if (forced.isPresent()) {
            return forced.stream();
        }
        if (!Ways.engineAnswers()) {
            System.out.println("postern testkit: no Docker engine answers; the kit's own tests use the PATH only");
        }
        return Stream.of(Way.values()).filter(way -> way == Way.PATH || Ways.engineAnswers());
    }

    @Test
    void missingProgram_whenForcedToThePath_failsAndNamesThePackage() {
        assertThatThrownBy(() -> Ways.choose(MISSING, Optional.of(Way.PATH)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("apt-get install gone-package");
    }

    @Test
    void possibleWays_always_includeOne() {
        assertThat(possible().toList()).isNotEmpty().isSubsetOf(List.of(Way.values()));
    }
}
