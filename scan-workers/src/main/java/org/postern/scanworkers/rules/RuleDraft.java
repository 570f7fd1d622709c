// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Optional;

/// A rule as it is written, before anybody has looked whether that makes sense.
final class RuleDraft {
    String symbol = "";
    String description = "";
    double score = Double.NaN;
    String in = "";
    Optional<List<String>> phrases = Optional.empty();
    Optional<Pattern> regex = Optional.empty();
    Optional<String> meta = Optional.empty();
    int atLeast = 1;
}
