// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Its start has already checked that it vouches for the signed zone.
class UnboundTest {
    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void signedZone_isVouchedForAlsoAfterARestart(Way way) {
        try (Unbound unbound = Unbound.start(way, new Unbound.Zone("example", "a A 192.0.2.1"))) {
            unbound.daemon().restart();
            assertThat(unbound.daemon().alive()).isTrue();
        }
    }
}
