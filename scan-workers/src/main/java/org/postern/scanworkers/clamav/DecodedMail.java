// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageContentBuilder;
import org.postern.scanworkers.mime.MimeLimits;
import org.postern.scanworkers.mime.MimePart;
import org.postern.scanworkers.mime.MimeSummary;
import org.postern.scanworkers.mime.MimeWalk;

/// A mail whose structure programs read differently, written anew so that there is only one way to read it: every part
/// that anybody might see stands in it, decoded by us, as an attachment of its own.
///
/// clamd follows one reading of a malformed mail and may miss what a mail program shows; scanning this as well leaves
/// nothing to hide behind.
final class DecodedMail {
    private static final ByteSize IN_MEMORY = ByteSize.ofMiB(1);
    private static final int BASE64_INPUT = 57 * 256; // whole lines of 76 characters
    private static final String BOUNDARY = "postern-part";

    private DecodedMail() {}

    /// What a look at the structure showed.
    sealed interface Result {
        /// There is one way to read it, clamd's.
        record Unambiguous() implements Result {}

        /// Several; this is to be scanned too, and closed afterwards.
        record Rewritten(MessageContent content) implements Result {}

        /// More parts or nesting than anybody will look at.
        record TooComplex() implements Result {}
    }

    /// Looks at the structure, and rewrites the mail where that is needed. Reads an honest mail once, an ambiguous one
    /// twice.
    static Result of(MailTransaction mail, Path tempFolder) throws IOException {
        MimeSummary summary = MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, (part, decoded) -> {});
        if (!summary.complete()) {
            return new Result.TooComplex();
        }
        if (summary.ambiguities().isEmpty()) {
            return new Result.Unambiguous();
        }
        try (MessageContentBuilder out = new MessageContentBuilder(IN_MEMORY, tempFolder)) {
            write(
                    out,
                    "From: postern@localhost\r\nSubject: decoded parts\r\nMIME-Version: 1.0\r\n"
                            + "Content-Type: multipart/mixed; boundary=\"" + BOUNDARY + "\"\r\n\r\n");
            MimeWalk.everyReading(
                    mail.content(), mail.header(), MimeLimits.DEFAULTS, (part, decoded) -> attach(part, decoded, out));
            write(out, "--" + BOUNDARY + "--\r\n");
            return new Result.Rewritten(out.build());
        }
    }

    private static void attach(MimePart part, InputStream decoded, MessageContentBuilder out) throws IOException {
        byte[] block = decoded.readNBytes(BASE64_INPUT);
        if (block.length == 0) {
            return;
        }
        write(
                out,
                "--" + BOUNDARY + "\r\nContent-Type: application/octet-stream\r\n"
                        + "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\""
                        + name(part) + "\"\r\n\r\n");
        for (; block.length > 0; block = decoded.readNBytes(BASE64_INPUT)) {
            byte[] encoded = Base64.getMimeEncoder().encode(block);
            out.write(encoded, 0, encoded.length);
            write(out, "\r\n");
        }
    }

    /// clamd may go by the extension; nothing else of the name is of use.
    private static String name(MimePart part) {
        Optional<String> extension = part.fileNames().stream()
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .filter(text -> text.matches("[A-Za-z0-9]{1,8}"))
                .findFirst();
        return "part." + extension.orElse("bin");
    }

    private static void write(MessageContentBuilder out, String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
        out.write(octets, 0, octets.length);
    }
}
