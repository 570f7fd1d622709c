// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.ocr;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.postern.core.filter.Finding;
import org.postern.scanworkers.TestPatterns;

/// All phrases that are looked for. Many threads use it at once.
final class Phrases {
    /// What picture spam says; in mails with pictures of honest shops hardly two of a group.
    private static final Map<String, PhraseConfig> BUILT_IN = Map.of(
            "OCR_GTUBE",
            new PhraseConfig(100, List.of(TestPatterns.gtube(), "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL"), 1),
            "OCR_PHARMACY",
            new PhraseConfig(
                    3, List.of("viagra", "cialis", "levitra", "xanax", "no prescription", "canadian pharmacy"), 2),
            "OCR_STOCK",
            new PhraseConfig(
                    3,
                    List.of("strong buy", "target price", "current price", "5 day target", "huge news", "buy alert"),
                    2),
            "OCR_EXTORTION",
            new PhraseConfig(
                    3,
                    List.of("bitcoin", "btc wallet", "your webcam", "your password is", "recorded you", "48 hours"),
                    3),
            "OCR_WINNINGS",
            new PhraseConfig(
                    3,
                    List.of("you have won", "lottery", "claims agent", "prize money", "lucky winner", "inheritance"),
                    2));

    private final Map<String, PhraseConfig> all;

    Phrases(OcrConfig config) {
        TreeMap<String, PhraseConfig> phrases = new TreeMap<>(config.builtIn() ? BUILT_IN : Map.of());
        phrases.putAll(config.phrases());
        this.all = phrases;
    }

    int size() {
        return all.size();
    }

    double lowestScore() {
        return all.values().stream()
                .mapToDouble(PhraseConfig::score)
                .filter(score -> score < 0)
                .sum();
    }

    List<Finding> in(String text) {
        if (text.isBlank()) {
            return List.of();
        }
        RecognizedText recognized = RecognizedText.of(text);
        List<Finding> findings = new ArrayList<>();
        all.forEach((symbol, phrases) -> {
            List<String> found =
                    phrases.phrases().stream().filter(recognized::contains).toList();
            if (found.size() >= phrases.atLeast()) {
                findings.add(new Finding(symbol, phrases.score(), "in a picture: " + String.join("; ", found)));
            }
        });
        return findings;
    }
}
