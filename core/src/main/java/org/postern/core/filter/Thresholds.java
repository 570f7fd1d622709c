// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import java.util.OptionalDouble;

/// The scores from which on a farm does something to a mail. An absent threshold is never reached.
///
/// @param tag header fields mark the mail as spam
/// @param quarantine the mail is kept apart, at least as high as `tag`
/// @param reject the mail is refused in the session, at least as high as `quarantine`
public record Thresholds(OptionalDouble tag, OptionalDouble quarantine, OptionalDouble reject) {
    public Thresholds {
        double low = Double.NEGATIVE_INFINITY;
        for (OptionalDouble threshold : new OptionalDouble[] {tag, quarantine, reject}) {
            if (threshold.isPresent()) {
                if (!(threshold.getAsDouble() >= low)) {
                    throw new IllegalArgumentException("thresholds must not fall: tag <= quarantine <= reject");
                }
                low = threshold.getAsDouble();
            }
        }
    }
}
