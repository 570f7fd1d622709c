// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

/// One thing a filter found in a mail.
///
/// @param symbol names the finding in upper case, for example `CLAMAV_VIRUS`; 1 to 64 of `A-Z 0-9 _`
/// @param score what it counts before the farm's weight; 1 is "sure", negative speaks for the mail; finite
/// @param evidence what was seen, for people; never sent to an SMTP client
public record Finding(String symbol, double score, String evidence) {
    public Finding {
        if (!symbol.matches("[A-Z0-9_]{1,64}")) {
            throw new IllegalArgumentException("not a symbol: " + symbol);
        }
        if (!Double.isFinite(score)) {
            throw new IllegalArgumentException("not a score: " + score);
        }
        evidence = clean(evidence);
    }

    /// Evidence comes from hostile mail: it must not be able to forge log lines or header fields.
    private static String clean(String text) {
        String cut = text.length() > 300 ? text.substring(0, 300) + "…" : text;
        return cut.replaceAll("\\p{Cntrl}", " ");
    }
}
