// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/// The middle and the ends of a few numbers.
///
/// @param lowest the smallest
/// @param median the middle one, or the mean of the two middle ones
/// @param highest the greatest
record Spread(double lowest, double median, double highest) {
    static <T> Spread of(List<T> items, ToDoubleFunction<T> number) {
        double[] sorted = items.stream().mapToDouble(number).sorted().toArray();
        if (sorted.length == 0) {
            return new Spread(0, 0, 0);
        }
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(sorted[0], median, sorted[sorted.length - 1]);
    }
}
