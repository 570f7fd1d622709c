// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

/// How one farm uses one filter.
///
/// @param weight multiplies every score of the filter; 0 runs it without effect; finite
/// @param noVerdict what its silence means
public record FilterPolicy(double weight, NoVerdictPolicy noVerdict) {
    public FilterPolicy {
        if (!Double.isFinite(weight)) {
            throw new IllegalArgumentException("not a weight: " + weight);
        }
    }
}
