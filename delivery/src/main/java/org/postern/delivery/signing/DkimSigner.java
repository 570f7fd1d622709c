// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.signing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.postern.core.mail.Domain;
import org.postern.core.mail.RawHeader;

/// Makes the signature fields of one domain. Many threads use it.
///
/// The fields that say who writes what to whom are signed once more than they are there, so that nobody can
/// add another one. RFC 6376 section 8.15.
final class DkimSigner {
    private static final List<String> OVERSIGNED = List.of(
            "From",
            "Sender",
            "Reply-To",
            "To",
            "Cc",
            "Subject",
            "Date",
            "Message-ID",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding");
    private static final List<String> SIGNED = List.of(
            "In-Reply-To",
            "References",
            "Content-Disposition",
            "List-Id",
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "List-Post",
            "Auto-Submitted");
    private static final int LINE = 72;

    private final Domain domain;
    private final List<SigningKey> keys;

    DkimSigner(Domain domain, List<SigningKey> keys) {
        this.domain = domain;
        this.keys = List.copyOf(keys);
    }

    /// The signers of some domains.
    ///
    /// @throws org.postern.core.config.ConfigException where a key cannot be read
    static Map<Domain, DkimSigner> read(Map<Domain, List<SigningConfig.Key>> keys) {
        Map<Domain, DkimSigner> signers = new HashMap<>();
        keys.forEach((domain, each) -> signers.put(
                domain,
                new DkimSigner(
                        domain,
                        each.stream()
                                .map(key -> SigningKey.read(key.selector(), key.file()))
                                .toList())));
        return Map.copyOf(signers);
    }

    /// The fields, one for each key, each with its CRLF.
    ///
    /// @param body read to its end
    /// @param seconds when it is signed, since 1970
    String sign(RawHeader header, InputStream body, long seconds) throws IOException {
        List<RawHeader.RawField> raw = header.fields();
        byte[] bodyHash = Relaxed.bodyHash(body);
        List<String> names = new ArrayList<>();
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        for (String name : OVERSIGNED) {
            add(name, raw, names, signed);
            names.add(name);
        }
        for (String name : SIGNED) {
            add(name, raw, names, signed);
        }
        StringBuilder fields = new StringBuilder();
        for (SigningKey key : keys) {
            fields.append(field(key, names, signed.toByteArray(), bodyHash, seconds));
        }
        return fields.toString();
    }

    /// Fields of a name are signed from the bottom. RFC 6376 section 5.4.2.
    private static void add(
            String name, List<RawHeader.RawField> raw, List<String> names, ByteArrayOutputStream signed) {
        for (RawHeader.RawField field : raw.reversed()) {
            String octets = field.octets();
            int colon = octets.indexOf(':');
            if (octets.substring(0, colon).stripTrailing().equalsIgnoreCase(name)) {
                names.add(name);
                signed.writeBytes((Relaxed.field(octets) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            }
        }
    }

    private String field(SigningKey key, List<String> names, byte[] signed, byte[] bodyHash, long seconds) {
        StringBuilder field =
                new StringBuilder("DKIM-Signature: v=1; a=" + key.algorithm() + "; c=relaxed/relaxed;\r\n");
        field.append("\td=").append(domain).append("; s=").append(key.selector());
        field.append("; t=").append(seconds).append(";\r\n");
        field.append("\tbh=")
                .append(Base64.getEncoder().encodeToString(bodyHash))
                .append(";\r\n");
        StringBuilder line = new StringBuilder("\th=");
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i).toLowerCase(Locale.ROOT) + (i == names.size() - 1 ? ";" : ":");
            if (line.length() + name.length() > LINE) {
                field.append(line).append("\r\n");
                line = new StringBuilder("\t ");
            }
            line.append(name);
        }
        field.append(line).append("\r\n\tb=");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(signed);
        // RFC 6376 section 3.7: the signature's own field, with an empty b and without its CRLF.
        all.writeBytes(Relaxed.field(field.toString()).getBytes(StandardCharsets.ISO_8859_1));
        String signature = Base64.getEncoder().encodeToString(key.sign(all.toByteArray()));
        for (int i = 0; i < signature.length(); i += LINE) {
            field.append(i > 0 ? "\r\n\t" : "").append(signature, i, Math.min(signature.length(), i + LINE));
        }
        return field.append("\r\n").toString();
    }
}
