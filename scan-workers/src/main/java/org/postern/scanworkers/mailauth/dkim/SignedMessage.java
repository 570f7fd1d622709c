// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.RawHeader;

/// A message as signatures see it: fields octet by octet, and hashes of the body. Used by one thread; each kind of
/// body hash is computed once.
public final class SignedMessage {
    private static final List<String> ONCE =
            List.of("From", "Sender", "Reply-To", "Subject", "Date", "Content-Type", "Content-Transfer-Encoding");

    private final MessageContent content;
    private final MessageHeader header;
    private final List<RawHeader.RawField> fields;
    private final Map<BodyKind, Body> bodies = new HashMap<>();

    private record BodyKind(Canonicalization.Form form, OptionalLong limit) {}

    /// A hashed body.
    ///
    /// @param sha256 of the canonical body up to the limit
    /// @param length octets of the whole canonical body
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Body(byte[] sha256, long length) {}

    public SignedMessage(MessageContent content, MessageHeader header) throws IOException {
        this.content = content;
        this.header = header;
        this.fields = RawHeader.read(content, header).fields();
    }

    public MessageHeader header() {
        return header;
    }

    /// The field with that index as it stands in the message.
    public String field(int index) {
        return fields.get(index).octets();
    }

    /// The indexes of all fields of that name, from the top.
    public List<Integer> indexes(String name) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            if (header.fields().get(i).is(name)) {
                found.add(i);
            }
        }
        return found;
    }

    /// A field that may stand once, is signed, and stands more often than it is signed: programs show the one that was
    /// added. RFC 5322 section 3.6, RFC 6376 section 8.15.
    ///
    /// @param signed the tag `h`
    public Optional<String> addedField(List<String> signed) {
        for (String name : ONCE) {
            long times = signed.stream().filter(name::equalsIgnoreCase).count();
            if (times > 0 && indexes(name).size() > Math.max(1, times)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    /// Hashes the body.
    public Body body(Canonicalization.Form form, OptionalLong limit) throws IOException {
        BodyKind kind = new BodyKind(form, limit);
        Body known = bodies.get(kind);
        if (known != null) {
            return known;
        }
        BodyHash hash = new BodyHash(form, limit);
        try (InputStream in = content.newInputStream()) {
            in.skipNBytes(header.bodyOffset());
            in.transferTo(hash);
        }
        byte[] sha256 = hash.digest();
        Body body = new Body(sha256, hash.length());
        bodies.put(kind, body);
        return body;
    }

    /// What a signature over header fields is made of: the named fields from the bottom up, then the signature
    /// field itself with an empty tag `b`. RFC 6376 section 3.7 and 5.4.2.
    ///
    /// @param names the tag `h`; a name that has no field left stands for nothing
    /// @param signature the signature field as it stands in the message
    /// @param self its index, so that it does not sign itself; empty for one that is not in the message yet
    public byte[] signedOctets(
            Canonicalization.Form form, List<String> names, String signature, Optional<Integer> self) {
        Map<String, List<Integer>> left = new HashMap<>();
        StringBuilder octets = new StringBuilder();
        for (String name : names) {
            List<Integer> indexes =
                    left.computeIfAbsent(name.toLowerCase(Locale.ROOT), any -> new ArrayList<>(indexes(name)));
            self.ifPresent(indexes::remove);
            if (!indexes.isEmpty()) {
                octets.append(Canonicalization.field(form, field(indexes.removeLast())))
                        .append("\r\n");
            }
        }
        octets.append(Canonicalization.field(form, withoutSignature(signature)));
        return octets.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /// The field with the value of its tag `b` taken out.
    public static String withoutSignature(String field) {
        int start = field.indexOf(':') + 1;
        while (start <= field.length()) {
            int semicolon = field.indexOf(';', start);
            int end = semicolon < 0 ? field.length() : semicolon;
            int equals = field.indexOf('=', start);
            if (equals >= 0
                    && equals < end
                    && field.substring(start, equals).strip().equals("b")) {
                return field.substring(0, equals + 1) + field.substring(end);
            }
            start = end + 1;
        }
        return field;
    }
}
