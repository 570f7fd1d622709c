// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.scanworkers.mime.MimePart.Kind;
import org.postern.scanworkers.mime.PartBody.Ending;

/// One pass over a message that shows every part any program might see in it.
///
/// The structure is read flat: a line is a delimiter when any field seen so far declares it, in whatever odd way, or
/// when header fields of a part follow it. So several boundaries, boundaries in the wrong field, comments in
/// names and the like hide nothing. Uuencoded files and blocks of base64 inside texts are parts of their own.
public final class MimeWalk {
    private final MimeLimits limits;
    private final PartVisitor visitor;
    private final Boundaries boundaries;
    private final Set<Ambiguity> ambiguities = EnumSet.noneOf(Ambiguity.class);
    private int parts;
    private boolean complete = true;

    private MimeWalk(MimeLimits limits, PartVisitor visitor) {
        this.limits = limits;
        this.visitor = visitor;
        this.boundaries = new Boundaries(ambiguities);
    }

    /// Walks over a message.
    ///
    /// @param header the header of that content
    /// @throws java.io.InterruptedIOException when the thread is interrupted
    public static MimeSummary walk(MessageContent content, MessageHeader header, MimeLimits limits, PartVisitor visitor)
            throws IOException {
        MimeWalk walk = new MimeWalk(limits, visitor);
        try (InputStream in = content.newInputStream()) {
            in.skipNBytes(Math.min(header.bodyOffset(), content.size()));
            walk.message(new LineSource(in), header.fields(), header.wellFormed(), 0);
        }
        return new MimeSummary(walk.parts, walk.complete, walk.ambiguities);
    }

    private void message(LineSource lines, List<HeaderField> header, boolean wellFormed, int depth) throws IOException {
        List<HeaderField> fields = header;
        if (!wellFormed) {
            ambiguities.add(Ambiguity.BROKEN_HEADER);
            fields = new PartHeader(lines, limits.headerOctets(), boundaries).resumed(header);
        }
        boundaries.learn(fields);
        Kind kind = Kind.BODY;
        while (true) {
            Ending ending = show(lines, fields, kind, depth);
            switch (ending) {
                case Ending.End ignored -> {
                    return;
                }
                case Ending.Delimiter ignored -> {
                    fields = partHeader(lines);
                    kind = Kind.PART;
                }
                case Ending.Closed ignored -> {
                    fields = List.of();
                    kind = Kind.EPILOGUE;
                }
                case Ending.Embedded embedded -> {
                    if (!showEmbedded(lines, embedded, depth)) {
                        return;
                    }
                    kind = Kind.EPILOGUE;
                }
            }
            if (!complete) {
                return;
            }
        }
    }

    private List<HeaderField> partHeader(LineSource lines) throws IOException {
        PartHeader reader = new PartHeader(lines, limits.headerOctets(), boundaries);
        List<HeaderField> fields = reader.read();
        if (reader.broken()) {
            ambiguities.add(Ambiguity.BROKEN_HEADER);
        }
        boundaries.learn(fields);
        return fields;
    }

    /// Shows one part, and the messages in it.
    private Ending show(LineSource lines, List<HeaderField> fields, Kind kind, int depth) throws IOException {
        MimePart part = new MimePart(fields, kind, depth, Optional.empty());
        String type = part.mediaType();
        boolean message = part.mediaTypes().stream().anyMatch(MimeWalk::isMessage);
        if (kind != Kind.EPILOGUE && (message || type.startsWith("multipart/"))) {
            Decoder decoder = Encoding.ofStructure(part, lines, message, ambiguities);
            if (!(decoder instanceof Decoder.Identity)) {
                return showEncoded(lines, part, decoder, message);
            }
            if (message) {
                return showMessage(lines, part, depth);
            }
        }
        PartBody body = new PartBody(lines, boundaries, Encoding.of(part, lines, ambiguities), ambiguities);
        offer(part, body.octets());
        return body.drain();
    }

    /// A message as a part: its header follows in clear. RFC 2046 section 5.2.1.
    private Ending showMessage(LineSource lines, MimePart part, int depth) throws IOException {
        offer(part, InputStream.nullInputStream());
        List<HeaderField> inner = partHeader(lines);
        if (inner.stream().noneMatch(field -> FieldValues.canonicalName(field).equals("content-type"))) {
            return show(lines, List.of(), Kind.BODY, depth);
        }
        MimePart nested = new MimePart(inner, Kind.BODY, depth, Optional.empty());
        if (nested.mediaTypes().stream().anyMatch(MimeWalk::isMessage) && ++parts > limits.parts()) {
            complete = false;
            return new Ending.End();
        }
        return nested.mediaTypes().stream().anyMatch(MimeWalk::isMessage)
                ? show(lines, withoutMessageTypes(inner), Kind.BODY, depth)
                : show(lines, inner, Kind.BODY, depth);
    }

    /// A message whose own type claims to be a message again: read as text, its delimiters are found all the same,
    /// and nobody can make the walk recurse once a line.
    private static List<HeaderField> withoutMessageTypes(List<HeaderField> fields) {
        return fields.stream()
                .filter(field -> !FieldValues.canonicalName(field).equals("content-type"))
                .toList();
    }

    private Ending showEncoded(LineSource lines, MimePart part, Decoder decoder, boolean message) throws IOException {
        PartBody body = new PartBody(lines, boundaries, decoder, ambiguities);
        ambiguities.add(Ambiguity.UNDECLARED_ENCODING);
        if (part.depth() >= limits.depth()) {
            complete = false;
            offer(part, body.octets());
            return body.drain();
        }
        offer(part, InputStream.nullInputStream());
        LineSource inner = new LineSource(body.octets());
        List<HeaderField> fields = message ? partHeader(inner) : List.of();
        message(inner, fields, true, part.depth() + 1);
        return body.drain();
    }

    /// Shows an embedded file; false when the message is over.
    private boolean showEmbedded(LineSource lines, Ending.Embedded embedded, int depth) throws IOException {
        MimePart part = new MimePart(List.of(), Kind.EMBEDDED, depth, embedded.name());
        EmbeddedBody body = new EmbeddedBody(lines, embedded);
        offer(part, body.octets());
        body.drain();
        return complete;
    }

    private void offer(MimePart part, InputStream body) throws IOException {
        if (++parts > limits.parts()) {
            complete = false;
            return;
        }
        visitor.part(part, body);
    }

    private static boolean isMessage(String mediaType) {
        String type = mediaType.toLowerCase(Locale.ROOT);
        return type.equals("message/rfc822") || type.equals("message/global") || type.equals("message/news");
    }

    /// Header octets as a string, nothing lost.
    static String latin1(byte[] octets, int length) {
        return new String(octets, 0, length, StandardCharsets.ISO_8859_1);
    }
}
