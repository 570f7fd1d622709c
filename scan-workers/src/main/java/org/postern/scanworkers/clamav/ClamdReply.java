// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.postern.core.text.PlainText;

/// What clamd answered to a scan.
sealed interface ClamdReply {
    /// Scanned, and nothing found.
    record Clean() implements ClamdReply {}

    /// Something found.
    record Infected(String signature) implements ClamdReply {
        private static final String UNOFFICIAL = ".UNOFFICIAL";

        /// The signature as clamd calls it, and without what it adds where the signature is not signed by ClamAV.
        Set<String> names() {
            return signature.endsWith(UNOFFICIAL)
                    ? Set.of(signature, signature.substring(0, signature.length() - UNOFFICIAL.length()))
                    : Set.of(signature);
        }
    }

    /// More than its StreamMaxLength.
    record TooLarge() implements ClamdReply {}

    /// Anything else: an error, half a reply, no reply, nonsense.
    record Failed(String text) implements ClamdReply {}

    /// Reads a reply. Strict where it matters: only a whole `stream: OK` is clean. A reply that was cut off can still
    /// say that something was found, but never that nothing was, for `stream: OK` might be the start of more.
    ///
    /// @param ended whether the end mark of a reply was read, NUL or LF
    static ClamdReply parse(byte[] octets, int length, boolean ended) {
        String text = new String(octets, 0, length, StandardCharsets.ISO_8859_1);
        if (text.equals("stream: OK")) {
            return ended ? new Clean() : new Failed("reply cut off: " + text);
        }
        if (text.startsWith("stream: ") && text.endsWith(" FOUND") && text.length() > "stream:  FOUND".length()) {
            return new Infected(text.substring("stream: ".length(), text.length() - " FOUND".length()));
        }
        if (text.equals("INSTREAM size limit exceeded. ERROR")) {
            return new TooLarge();
        }
        if (text.isEmpty()) {
            return new Failed("connection closed without a reply");
        }
        return new Failed("unexpected reply: " + PlainText.of(text, 200));
    }
}
