// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.ocr;

import java.time.Duration;
import java.util.Map;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.ByteSize;

/// Settings of the recognition of text in pictures.
public record OcrConfig(
        @Doc("The program, by name or path.") @Default("tesseract")
        String program,

        @Doc(
                "Languages as tesseract calls them, with + between; each needs its data, in Debian tesseract-ocr-deu and the like.")
        @Default("eng")
        String languages,

        @Doc("How many pictures are recognized at once, each by a process of its own, 1 to 64.") @Default("1")
        int atOnce,

        @Doc("How many pictures and pages of one mail are recognized, 1 to 50.") @Default("4")
        int picturesMax,

        @Doc("The longest time for one picture, 1s to 60s; the mail's deadline may end it sooner.") @Default("10s")
        Duration time,

        @Doc("How much time must be left for a mail when its pictures' turn comes, 100ms to 60s; else they are not"
                + " looked at.")
        @Default("3s")
        Duration timeNeeded,

        @Doc("How much memory a process may use, 128MiB to 8GiB.") @Default("512MiB")
        ByteSize memory,

        @Doc("How much recognized text is remembered, by the hash of the picture, 0B to 1GiB.") @Default("8MiB")
        ByteSize cacheSize,

        @Doc("Whether the built-in phrases are looked for: the GTUBE line and a few of picture spam.") @Default("true")
        boolean builtIn,

        @Doc("Phrases of your own, by the name of the finding, for example OCR_SITE_LOTTERY.") @Default("{}")
        Map<String, PhraseConfig> phrases,

        @Doc("What it counts that pictures were not all looked at because of a bound, 0 to 1000.") @Default("0.5")
        double incompleteScore) {
    /// The values of a configuration that says nothing.
    public static final OcrConfig DEFAULTS = new OcrConfig(
            "tesseract",
            "eng",
            1,
            4,
            Duration.ofSeconds(10),
            Duration.ofSeconds(3),
            ByteSize.ofMiB(512),
            ByteSize.ofMiB(8),
            true,
            Map.of(),
            0.5);

    public OcrConfig {
        phrases = Map.copyOf(phrases);
        if (program.isBlank()) {
            throw new IllegalArgumentException("program must name a program");
        }
        if (!languages.matches("[A-Za-z_]{3,20}(\\+[A-Za-z_]{3,20}){0,9}")) {
            throw new IllegalArgumentException(
                    "languages: write for example eng or deu+eng, not \"" + languages + "\"");
        }
        within("at-once", atOnce, 1, 64);
        within("pictures-max", picturesMax, 1, 50);
        within("time", time, Duration.ofSeconds(1));
        within("time-needed", timeNeeded, Duration.ofMillis(100));
        if (memory.bytes() < 128L << 20 || memory.bytes() > 8L << 30) {
            throw new IllegalArgumentException("memory must be 128MiB to 8GiB, not " + memory);
        }
        if (cacheSize.bytes() > 1L << 30) {
            throw new IllegalArgumentException("cache-size must be 0B to 1GiB, not " + cacheSize);
        }
        if (!(incompleteScore >= 0 && incompleteScore <= 1000)) {
            throw new IllegalArgumentException("incomplete-score must be 0 to 1000, not " + incompleteScore);
        }
        for (String symbol : phrases.keySet()) {
            if (!symbol.matches("[A-Z0-9_]{1,64}")) {
                throw new IllegalArgumentException(
                        "phrases: the name of a finding is 1 to 64 of A-Z, 0-9 and _, not \"" + symbol + "\"");
            }
        }
    }

    private static void within(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " must be " + least + " to " + most + ", not " + value);
        }
    }

    private static void within(String key, Duration value, Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(Duration.ofSeconds(60)) > 0) {
            throw new IllegalArgumentException(
                    key + " must be " + least.toMillis() + "ms to 60s, not " + value.toMillis() + "ms");
        }
    }
}
