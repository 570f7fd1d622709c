// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers;

import static org.assertj.core.api.Assertions.assertThat;

import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;

/// What tests expect of filters that have no verdict.
public final class Silences {
    private Silences() {}

    /// Fails unless there is no verdict for that reason.
    public static void assertSilent(FilterResult result, NoVerdictReason reason) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        NoVerdict.class, silence -> assertThat(silence.reason()).isEqualTo(reason));
    }
}
