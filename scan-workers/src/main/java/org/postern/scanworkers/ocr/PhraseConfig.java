// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.ocr;

import java.util.List;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Phrases that make one finding.
@Doc("Phrases that make one finding.")
public record PhraseConfig(
        @Doc("What the finding counts, -1000 to 1000.") double score,

        @Doc(
                "The phrases; case, blanks and punctuation do not matter, nor do letters that recognition confuses, such as"
                        + " 0 and O.")
        List<String> phrases,

        @Doc("How many different ones must be there.") @Default("1")
        int atLeast) {
    public PhraseConfig {
        phrases = List.copyOf(phrases);
        if (!(score >= -1000 && score <= 1000)) {
            throw new IllegalArgumentException("score must be -1000 to 1000, not " + score);
        }
        if (phrases.isEmpty() || phrases.size() > 1_000) {
            throw new IllegalArgumentException("phrases needs 1 to 1000 phrases");
        }
        if (atLeast < 1 || atLeast > phrases.size()) {
            throw new IllegalArgumentException("at-least must be 1 to the number of phrases, not " + atLeast);
        }
        for (String phrase : phrases) {
            if (RecognizedText.letters(phrase).length() < 3) {
                throw new IllegalArgumentException("a phrase needs 3 letters or digits: \"" + phrase + "\"");
            }
        }
    }
}
