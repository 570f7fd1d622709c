// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// What the findings count.
@Doc("What the findings count, each 0 to 1000.")
public record UrlScores(
        @Doc("A link whose text shows another domain than it leads to.") @Default("1.5")
        double mismatch,

        @Doc("A host with letters of several scripts, or of another script that look like Latin ones.") @Default("5")
        double homograph,

        @Doc("A host that looks like one of protected-domains.") @Default("4")
        double lookalike,

        @Doc("An IP address for a host.") @Default("1.5") double address,

        @Doc("An IP address written as nobody writes it, such as http://3232235777/.") @Default("4")
        double hiddenAddress,

        @Doc("A user name before the host, such as https://bank.example@evil.example/.") @Default("3")
        double userInfo,

        @Doc("A scheme that runs something or opens files, such as javascript: and file:.") @Default("4")
        double scheme,

        @Doc("A link to a shortener.") @Default("0.5") double shortener,

        @Doc("A link in a QR code, or another code for cameras.") @Default("1")
        double code,

        @Doc("More domains than many-domains.") @Default("1")
        double many,

        @Doc("Something beyond a bound, so that links in it were not seen.") @Default("0.5")
        double incomplete) {
    /// The values of a configuration that says nothing.
    public static final UrlScores DEFAULTS = new UrlScores(1.5, 5, 4, 1.5, 4, 3, 4, 0.5, 1, 1, 0.5);

    public UrlScores {
        for (double score : new double[] {
            mismatch, homograph, lookalike, address, hiddenAddress, userInfo, scheme, shortener, code, many, incomplete
        }) {
            if (!(score >= 0 && score <= 1000)) {
                throw new IllegalArgumentException("a score of a link is 0 to 1000, not " + score);
            }
        }
    }
}
