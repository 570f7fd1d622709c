// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.ocr;

import java.text.Normalizer;
import java.util.Locale;

/// Text from pictures, so that phrases are found in it although recognition errs.
///
/// @param words letters and digits with single blanks between words, and at both ends
/// @param letters the same without blanks
record RecognizedText(String words, String letters) {
    /// From this length on, a phrase is looked for without regard to where words end.
    private static final int LONG = 12;

    static RecognizedText of(String text) {
        String words = words(text);
        return new RecognizedText(" " + words + " ", words.replace(" ", ""));
    }

    /// A phrase in the form in which it is looked for.
    static String letters(String phrase) {
        return words(phrase).replace(" ", "");
    }

    /// @param phrase as people write it
    boolean contains(String phrase) {
        String folded = words(phrase);
        String bare = folded.replace(" ", "");
        return words.contains(" " + folded + " ") || (bare.length() >= LONG && letters.contains(bare));
    }

    /// Letters that look alike become one: 0 and o; 1, l, i and |; 5 and s.
    private static String words(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKD)
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\p{M}", "")
                .replace('0', 'o')
                .replace('1', 'l')
                .replace('i', 'l')
                .replace('|', 'l')
                .replace('5', 's')
                .replaceAll("[^\\p{L}\\p{N}]+", " ")
                .strip();
    }
}
