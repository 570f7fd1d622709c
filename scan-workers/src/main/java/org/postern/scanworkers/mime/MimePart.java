// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.postern.core.mail.HeaderField;

/// One part as the walk shows it.
///
/// @param fields the header fields of the part that belong to MIME; those of the message for its own body
/// @param kind where it comes from
/// @param depth how many encoded messages it lies in
/// @param embeddedName the name in the `begin` line of a uuencoded file
public record MimePart(List<HeaderField> fields, Kind kind, int depth, Optional<String> embeddedName) {
    /// Where a part comes from.
    public enum Kind {
        /// The body of a message.
        BODY,
        /// A part of a multipart behind a delimiter.
        PART,
        /// Text behind a closing delimiter, or behind an embedded file.
        EPILOGUE,
        /// A uuencoded file, or a block of base64 inside a text.
        EMBEDDED
    }

    /// More than any part has; a header with more of them is not read to its end.
    static final int FIELDS_MAX = 300;

    /// Keeps the fields of MIME alone: each question about a part goes through all of them.
    public MimePart {
        fields = fields.stream().filter(MimePart::isOfMime).limit(FIELDS_MAX).toList();
    }

    static boolean isOfMime(HeaderField field) {
        return FieldValues.canonicalName(field).startsWith("content-");
    }

    /// The media type in lower case, `text/plain` where none is given. RFC 2045 section 5.2.
    public String mediaType() {
        return values("content-type")
                .map(value -> FieldValues.token(value).toLowerCase(Locale.ROOT))
                .filter(type -> type.indexOf('/') > 0)
                .findFirst()
                .orElse(kind == Kind.EMBEDDED ? "application/octet-stream" : "text/plain");
    }

    /// Every media type that is given, for parts with several Content-Type fields.
    public Set<String> mediaTypes() {
        Set<String> types = new LinkedHashSet<>();
        types.add(mediaType());
        values("content-type")
                .forEach(value -> types.add(FieldValues.token(value).toLowerCase(Locale.ROOT)));
        return types;
    }

    public boolean isText() {
        String type = mediaType();
        return type.startsWith("text/") || type.startsWith("multipart/") || type.startsWith("message/");
    }

    public boolean isHtml() {
        return mediaType().equals("text/html");
    }

    /// The charset, ISO-8859-1 where it is missing or unknown, so that every octet means something.
    public Charset charset() {
        for (String value : values("content-type").toList()) {
            for (String name : FieldValues.parameters(value, "charset")) {
                try {
                    return Charset.forName(name.strip());
                } catch (IllegalArgumentException e) {
                    return StandardCharsets.ISO_8859_1;
                }
            }
        }
        return StandardCharsets.ISO_8859_1;
    }

    /// Every file name that any program may give the part, decoded. RFC 2183 section 2.3, RFC 2231, RFC 2047.
    public Set<String> fileNames() {
        Set<String> names = new LinkedHashSet<>();
        embeddedName.ifPresent(names::add);
        for (HeaderField field : fields) {
            String name = FieldValues.canonicalName(field);
            if (name.equals("content-disposition") || name.equals("content-type")) {
                names.addAll(FieldValues.parameters(field.rawValue(), "filename"));
                names.addAll(FieldValues.parameters(field.rawValue(), "name"));
            } else if (name.equals("content-description") || name.equals("content-location")) {
                String value = FieldValues.decodeWords(field.value());
                if (value.matches(".{1,200}\\.[A-Za-z0-9]{1,5}")) {
                    names.add(value);
                }
            }
        }
        return names;
    }

    /// The encodings that are declared, in lower case. RFC 2045 section 6.1.
    Set<String> encodings() {
        Set<String> encodings = new LinkedHashSet<>();
        values("content-transfer-encoding")
                .forEach(value -> encodings.add(FieldValues.token(value).toLowerCase(Locale.ROOT)));
        return encodings;
    }

    private Stream<String> values(String canonicalName) {
        return fields.stream()
                .filter(field -> FieldValues.canonicalName(field).equals(canonicalName))
                .map(HeaderField::rawValue);
    }
}
