// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

/// The GTUBE test text: what every spam filter calls spam. Put together at run time, so that no mail filter takes the
/// source for it.
public final class Gtube {
    private Gtube() {}

    public static String text() {
        return "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL" + "*C.34X";
    }

    /// A whole message, with CRLF line ends, whose body is the test text.
    public static String message() {
        return "From: sender@example.org\r\nTo: rcpt@example.org\r\nSubject: test\r\n"
                + "Date: Thu, 01 Jan 2026 12:00:00 +0000\r\nMessage-ID: <gtube@example.org>\r\n\r\n" + text() + "\r\n";
    }
}
