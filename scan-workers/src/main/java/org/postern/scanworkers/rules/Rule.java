// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One rule: where to look, what for, and what it counts.
///
/// @param symbol the finding it makes
/// @param description for people
/// @param score the score of the finding
/// @param target where it looks
/// @param headerField the field in lower case, where the target is one header field
/// @param test what must be there
record Rule(String symbol, String description, double score, Target target, Optional<String> headerField, Test test) {
    /// Where a rule looks.
    enum Target {
        /// One header field, or with no name every field as `Name: value`; encoded words decoded.
        HEADER,
        /// The Subject field, encoded words decoded.
        SUBJECT,
        /// The text of the mail, HTML without its tags, blanks folded.
        BODY,
        /// The HTML of the mail as it stands.
        HTML,
        /// The reverse path.
        SENDER,
        /// Each forward path.
        RECIPIENT,
        /// The argument of HELO or EHLO.
        HELO,
        /// The octets of every decoded part and of every file in a zip archive; phrases only, case matters.
        CONTENT
    }

    /// What must be in a text.
    sealed interface Test {
        /// The part of the text that fulfils the test, if any.
        Optional<String> evidence(Text text);
    }

    /// Phrases, whatever their case.
    ///
    /// @param phrases in lower case, blanks folded
    /// @param atLeast how many different ones must be there
    record Phrases(List<String> phrases, int atLeast) implements Test {
        Phrases {
            phrases = List.copyOf(phrases);
        }

        @Override
        public Optional<String> evidence(Text text) {
            List<String> found =
                    phrases.stream().filter(text.lowerCase()::contains).toList();
            return found.size() >= atLeast ? Optional.of(String.join("; ", found)) : Optional.empty();
        }
    }

    /// A regular expression that must match somewhere.
    record Expression(Pattern pattern) implements Test {
        @Override
        public Optional<String> evidence(Text text) {
            var matcher = pattern.matcher(text.asWritten());
            return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
        }
    }

    /// A text in the two forms tests want.
    record Text(String asWritten, String lowerCase) {
        static Text of(String asWritten) {
            return new Text(asWritten, asWritten.toLowerCase(Locale.ROOT));
        }
    }
}
