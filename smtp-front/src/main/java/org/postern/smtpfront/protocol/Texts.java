// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;

/// Makes text that quotes a client fit for a reply line.
final class Texts {
    /// RFC 6531 section 3.5
    static final Reply UTF8_NOT_ASKED_FOR = Reply.of(
            ReplyCode.MAILBOX_NAME_NOT_ALLOWED_553, "5.6.7", "Such an address needs the SMTPUTF8 parameter of MAIL");

    private static final int MAX = 160;

    private Texts() {}

    /// Whether an address holds more than US-ASCII. RFC 6531 section 3.3
    static boolean needsUtf8(String path) {
        return path.chars().anyMatch(c -> c > 0x7f);
    }

    static String safe(IllegalArgumentException reason) {
        return safe(String.valueOf(reason.getMessage()));
    }

    static String safe(String text) {
        String cut = text.length() > MAX ? text.substring(0, MAX) + "..." : text;
        return cut.replaceAll("[^ -~]", "?");
    }
}
