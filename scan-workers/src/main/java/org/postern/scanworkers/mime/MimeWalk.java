// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.scanworkers.mime.MimePart.Kind;
import org.postern.scanworkers.mime.PartBody.Ending;
import org.postern.scanworkers.mime.Reading.Choice;

/// Shows every part that any program might see in a message, in one pass.
///
/// The structure is read flat: a line is a delimiter when any field seen so far declares it, in whatever odd way, or
/// when header fields of a part follow it. So several boundaries, boundaries in the wrong field, comments in
/// names and the like hide nothing. Uuencoded files and blocks of base64 inside texts are parts of their own.
/// Where a part has several readings that cannot be shown at once, there is a pass for each; see [#everyReading].
public final class MimeWalk {
    private final MimeLimits limits;
    private final PartVisitor visitor;
    private final Boundaries boundaries;
    private final Reading reading;
    private int parts;

    private MimeWalk(MimeLimits limits, PartVisitor visitor, Reading reading) {
        this.limits = limits;
        this.visitor = visitor;
        this.reading = reading;
        this.boundaries = new Boundaries(reading);
    }

    /// Walks over a message once, and reads it in the likely way.
    ///
    /// @param header the header of that content
    /// @throws java.io.InterruptedIOException when the thread is interrupted
    public static MimeSummary walk(MessageContent content, MessageHeader header, MimeLimits limits, PartVisitor visitor)
            throws IOException {
        return pass(content, header, limits, visitor, new Reading(Choice.LIKELY));
    }

    /// Walks over a message, and again for each other way to read it: parts are shown several times then.
    ///
    /// @param header the header of that content
    /// @throws java.io.InterruptedIOException when the thread is interrupted
    public static MimeSummary everyReading(
            MessageContent content, MessageHeader header, MimeLimits limits, PartVisitor visitor) throws IOException {
        Reading likely = new Reading(Choice.LIKELY);
        MimeSummary all = pass(content, header, limits, visitor, likely);
        for (Choice choice : List.of(Choice.FIRST_DECLARED, Choice.LAST_DECLARED)) {
            if (likely.isDoubtful() && all.complete()) {
                all = all.and(pass(content, header, limits, visitor, new Reading(choice)));
            }
        }
        return all;
    }

    private static MimeSummary pass(
            MessageContent content, MessageHeader header, MimeLimits limits, PartVisitor visitor, Reading reading)
            throws IOException {
        MimeWalk walk = new MimeWalk(limits, visitor, reading);
        try (InputStream in = content.newInputStream()) {
            in.skipNBytes(Math.min(header.bodyOffset(), content.size()));
            walk.message(new LineSource(in, Math.max(1, content.size())), header.fields(), header.wellFormed(), 0);
        }
        return new MimeSummary(walk.parts, reading.isComplete(), reading.ambiguities());
    }

    private void message(LineSource lines, List<HeaderField> header, boolean wellFormed, int depth) throws IOException {
        List<HeaderField> fields = header;
        if (!wellFormed) {
            reading.ambiguous(Ambiguity.BROKEN_HEADER);
            fields = new PartHeader(lines, limits.headerOctets(), boundaries, reading).resumed(header);
        }
        boundaries.learn(fields);
        // A header may have very many fields, and the part before each embedded file has them again.
        fields = fields.stream().filter(MimePart::isOfMime).toList();
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
            if (!reading.isComplete()) {
                return;
            }
        }
    }

    private List<HeaderField> partHeader(LineSource lines) throws IOException {
        List<HeaderField> fields = new PartHeader(lines, limits.headerOctets(), boundaries, reading).read();
        boundaries.learn(fields);
        return fields;
    }

    /// Shows one part, and the messages in it.
    private Ending show(LineSource lines, List<HeaderField> fields, Kind kind, int depth) throws IOException {
        MimePart part = new MimePart(fields, kind, depth, Optional.empty());
        String type = part.mediaType();
        boolean message = part.mediaTypes().stream().anyMatch(MimeWalk::isMessage);
        if (kind != Kind.EPILOGUE && (message || type.startsWith("multipart/"))) {
            Decoder decoder = Encoding.ofStructure(part, lines, message, reading);
            if (!(decoder instanceof Decoder.Identity)) {
                return showEncoded(lines, part, decoder, message);
            }
            if (message) {
                return showMessage(lines, part, depth);
            }
        }
        PartBody body = new PartBody(lines, boundaries, Encoding.of(part, lines, reading), reading);
        if (part.mediaTypes().stream().anyMatch(MimeWalk::isWrapped) && part.depth() < limits.depth()) {
            return showWrapped(part, body);
        }
        offer(part, body.octets());
        return body.drain();
    }

    /// A message as a part: its header follows in clear. RFC 2046 section 5.2.1. A message may be the whole of another
    /// one: a loop, so that nobody can make the walk recurse once a line.
    private Ending showMessage(LineSource lines, MimePart part, int depth) throws IOException {
        MimePart message = part;
        while (true) {
            offer(message, InputStream.nullInputStream());
            if (!reading.isComplete()) {
                return new Ending.End();
            }
            PartHeader header = new PartHeader(lines, limits.headerOctets(), boundaries, reading);
            List<HeaderField> fields = header.read();
            boundaries.learn(fields);
            if (header.broken()) {
                // What follows is read once more, as a body: it must not be the beginning of a message again.
                return show(lines, withoutType(fields), Kind.BODY, depth);
            }
            message = new MimePart(fields, Kind.BODY, depth, Optional.empty());
            boolean another = message.mediaTypes().stream().anyMatch(MimeWalk::isMessage);
            if (!another || !(Encoding.ofStructure(message, lines, true, reading) instanceof Decoder.Identity)) {
                return show(lines, fields, Kind.BODY, depth);
            }
        }
    }

    private static List<HeaderField> withoutType(List<HeaderField> fields) {
        return fields.stream()
                .filter(field -> !FieldValues.canonicalName(field).equals("content-type"))
                .toList();
    }

    private Ending showEncoded(LineSource lines, MimePart part, Decoder decoder, boolean message) throws IOException {
        PartBody body = new PartBody(lines, boundaries, decoder, reading);
        reading.ambiguous(Ambiguity.UNDECLARED_ENCODING);
        if (part.depth() >= limits.depth()) {
            reading.cutShort();
            offer(part, body.octets());
            return body.drain();
        }
        offer(part, InputStream.nullInputStream());
        LineSource inner = new LineSource(body.octets(), LineSource.UNKNOWN);
        List<HeaderField> fields = message ? partHeader(inner) : List.of();
        message(inner, fields, true, part.depth() + 1);
        return body.drain();
    }

    /// What stands in an S/MIME signature, or the part as it is where it is none.
    private Ending showWrapped(MimePart part, PartBody body) throws IOException {
        BufferedInputStream octets = new BufferedInputStream(body.octets());
        Optional<InputStream> message = SignedContent.in(octets);
        if (message.isEmpty()) {
            offer(part, octets);
            return body.drain();
        }
        reading.ambiguous(Ambiguity.WRAPPED_MESSAGE);
        offer(part, InputStream.nullInputStream());
        LineSource inner = new LineSource(message.get(), LineSource.UNKNOWN);
        message(inner, partHeader(inner), true, part.depth() + 1);
        return body.drain();
    }

    /// Shows an embedded file; false when the message is over.
    private boolean showEmbedded(LineSource lines, Ending.Embedded embedded, int depth) throws IOException {
        MimePart part = new MimePart(List.of(), Kind.EMBEDDED, depth, embedded.name());
        EmbeddedBody body = new EmbeddedBody(lines, embedded);
        offer(part, body.octets());
        body.drain();
        return reading.isComplete();
    }

    private void offer(MimePart part, InputStream body) throws IOException {
        if (++parts > limits.parts()) {
            reading.cutShort();
            return;
        }
        visitor.part(part, body);
    }

    private static boolean isWrapped(String mediaType) {
        return mediaType.equals("application/pkcs7-mime") || mediaType.equals("application/x-pkcs7-mime");
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
