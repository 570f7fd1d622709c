// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.Recipient;

/// Writes MAIL and RCPT for what a server can do.
final class Commands {
    private Commands() {}

    static String mail(MailRequest request, Capabilities server) {
        MailParameters parameters = request.parameters();
        StringBuilder line =
                new StringBuilder("MAIL FROM:<").append(request.sender()).append('>');
        if (server.has("SIZE")) {
            line.append(" SIZE=").append(request.size());
        }
        switch (parameters.body()) {
            case SEVEN_BIT -> {}
            case EIGHT_BIT_MIME -> line.append(server.has("8BITMIME") ? " BODY=8BITMIME" : "");
            case BINARY_MIME -> line.append(" BODY=BINARYMIME");
        }
        if (request.international()) {
            line.append(" SMTPUTF8");
        }
        if (parameters.requireTls()) {
            line.append(" REQUIRETLS");
        }
        if (server.has("DSN")) {
            parameters.returnContent().ifPresent(ret -> line.append(" RET=").append(ret));
            parameters.envelopeId().ifPresent(id -> line.append(" ENVID=").append(xtext(id)));
        }
        return line.toString();
    }

    static String rcpt(Recipient recipient, boolean international, Capabilities server) {
        StringBuilder line = new StringBuilder("RCPT TO:<").append(recipient).append('>');
        if (server.has("DSN")) {
            Set<String> notify = new TreeSet<>(recipient.dsnNotify());
            if (!notify.isEmpty()) {
                line.append(" NOTIFY=").append(String.join(",", notify));
            }
            original(recipient, international)
                    .ifPresent(orcpt -> line.append(" ORCPT=").append(orcpt));
        }
        return line.toString();
    }

    /// RFC 3461 section 4.2; RFC 6533 section 3.
    private static Optional<String> original(Recipient recipient, boolean international) {
        return recipient.originalRecipient().flatMap(text -> {
            int semicolon = text.indexOf(';');
            if (semicolon < 1 || !text.substring(0, semicolon).matches("[A-Za-z0-9-]{1,32}")) {
                return Optional.empty();
            }
            String address = text.substring(semicolon + 1);
            boolean ascii = address.chars().allMatch(c -> c < 0x80);
            return ascii || international
                    ? Optional.of(text.substring(0, semicolon) + ";" + xtext(address))
                    : Optional.empty();
        });
    }

    /// RFC 3461 section 4. What is beyond US-ASCII stays: it goes only where SMTPUTF8 does.
    static String xtext(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.chars().forEach(c -> {
            if (c < '!' || c == '+' || c == '=' || c == 0x7f) {
                out.append(String.format("+%02X", c));
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }

    static byte[] octets(String line) {
        if (line.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
            throw new IllegalArgumentException("a command is one line");
        }
        return (line + "\r\n").getBytes(StandardCharsets.UTF_8);
    }
}
