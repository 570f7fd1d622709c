// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import org.postern.core.text.PlainText;

/// One thing a filter found in a mail.
///
/// @param symbol names the finding in upper case, for example `CLAMAV_VIRUS`; 1 to 64 of `A-Z 0-9 _`
/// @param score what it counts before the farm's weight; 1 is "sure", negative speaks for the mail; finite
/// @param evidence what was seen, for people; never sent to an SMTP client
public record Finding(String symbol, double score, String evidence) {
    private static final int EVIDENCE_MAX = 300;

    public Finding {
        if (!symbol.matches("[A-Z0-9_]{1,64}")) {
            throw new IllegalArgumentException("not a symbol: " + symbol);
        }
        if (!Double.isFinite(score)) {
            throw new IllegalArgumentException("not a score: " + score);
        }
        // It comes from hostile mail: it must not be able to forge log lines or header fields.
        evidence = PlainText.of(evidence, EVIDENCE_MAX);
    }
}
