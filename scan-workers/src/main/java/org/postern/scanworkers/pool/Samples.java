// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.nio.charset.StandardCharsets;
import org.postern.scanworkers.TestPatterns;

/// The canary mails that spam filters are shown.
public final class Samples {
    private static final String HEADER = """
            From: Postern <postern@localhost>\r
            To: postern@localhost\r
            Date: Mon, 02 Mar 2026 09:00:00 +0000\r
            Message-ID: <probe@localhost>\r
            Subject: probe\r
            \r
            """;

    private Samples() {}

    /// Every spam filter has to find this one.
    public static byte[] gtube() {
        return mail(TestPatterns.gtube());
    }

    /// And no spam filter may refuse this one.
    public static byte[] clean() {
        return mail("Postern asks whether this filter lets good mail pass.");
    }

    private static byte[] mail(String text) {
        return (HEADER + text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
