// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.config;

import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.filter.FilterPolicy;
import org.postern.core.filter.NoVerdictPolicy;

/// How a farm uses one filter.
@Doc("What a filter counts in a farm.")
public record FarmFilterConfig(
        @Doc("Multiplies every score of the filter; 0 runs it without effect.") @Default("1")
        double weight,

        @Doc("What its silence means: tempfail (451), wait (ask again until the deadline, then 451), skip (judge"
                + " without it and say so in the mail), reject (550).")
        @Default("tempfail")
        NoVerdictPolicy noVerdict) {
    FilterPolicy policy() {
        return new FilterPolicy(weight, noVerdict);
    }
}
