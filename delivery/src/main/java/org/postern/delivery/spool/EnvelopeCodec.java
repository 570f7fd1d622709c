// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postern.core.handoff.Disposition;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.Recipient;
import org.postern.core.mail.ReversePath;

/// The binary form of an envelope, the same in a spool file and in a handoff. Numbers are big-endian, strings are
/// UTF-8 after a 16-bit length.
///
/// `string sender, u8 body type, u8 flags (1 SMTPUTF8, 2 REQUIRETLS, 4 RET given, 8 ENVID given), [string RET],
/// [string ENVID], u32 count, count times (string recipient, u8 NOTIFY bits and 128 for ORCPT given, [string
/// ORCPT])`
public final class EnvelopeCodec {
    /// More recipients than this are never read, whatever a length field says.
    public static final int RECIPIENTS_MAX = 10_000;

    private static final List<String> NOTIFY = List.of("NEVER", "SUCCESS", "FAILURE", "DELAY");
    private static final int ORCPT_GIVEN = 128;

    private EnvelopeCodec() {}

    public static void write(Envelope envelope, DataOutputStream out) throws IOException {
        MailParameters parameters = envelope.parameters();
        writeString(out, envelope.reversePath().toString());
        out.writeByte(code(parameters.body()));
        out.writeByte((parameters.smtputf8() ? 1 : 0)
                | (parameters.requireTls() ? 2 : 0)
                | (parameters.returnContent().isPresent() ? 4 : 0)
                | (parameters.envelopeId().isPresent() ? 8 : 0));
        if (parameters.returnContent().isPresent()) {
            writeString(out, parameters.returnContent().get());
        }
        if (parameters.envelopeId().isPresent()) {
            writeString(out, parameters.envelopeId().get());
        }
        out.writeInt(envelope.recipients().size());
        for (Recipient recipient : envelope.recipients()) {
            writeString(out, recipient.path().toString());
            int bits = recipient.originalRecipient().isPresent() ? ORCPT_GIVEN : 0;
            for (int i = 0; i < NOTIFY.size(); i++) {
                bits |= recipient.dsnNotify().contains(NOTIFY.get(i)) ? 1 << i : 0;
            }
            out.writeByte(bits);
            if (recipient.originalRecipient().isPresent()) {
                writeString(out, recipient.originalRecipient().get());
            }
        }
    }

    /// Reads an envelope. Throws `IOException` for everything that is not one, whatever the octets are.
    public static Envelope read(DataInputStream in) throws IOException {
        try {
            ReversePath reversePath = ReversePath.parse(readString(in));
            int body = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            if (flags > 15) {
                throw new IOException("unknown mail parameters");
            }
            Optional<String> returnContent = (flags & 4) != 0 ? Optional.of(readString(in)) : Optional.empty();
            Optional<String> envelopeId = (flags & 8) != 0 ? Optional.of(readString(in)) : Optional.empty();
            int count = in.readInt();
            if (count < 1 || count > RECIPIENTS_MAX) {
                throw new IOException("a mail has 1 to " + RECIPIENTS_MAX + " recipients, not " + count);
            }
            List<Recipient> recipients = new ArrayList<>(Math.min(count, 100));
            for (int i = 0; i < count; i++) {
                recipients.add(readRecipient(in));
            }
            return new Envelope(
                    reversePath,
                    recipients,
                    new MailParameters(bodyType(body), (flags & 1) != 0, (flags & 2) != 0, returnContent, envelopeId));
        } catch (IllegalArgumentException e) {
            throw new IOException("not an envelope: " + e.getMessage(), e);
        }
    }

    private static Recipient readRecipient(DataInputStream in) throws IOException {
        ForwardPath path = ForwardPath.parse(readString(in));
        int bits = in.readUnsignedByte();
        Set<String> notify = new HashSet<>();
        for (int i = 0; i < NOTIFY.size(); i++) {
            if ((bits & 1 << i) != 0) {
                notify.add(NOTIFY.get(i));
            }
        }
        Optional<String> original = (bits & ORCPT_GIVEN) != 0 ? Optional.of(readString(in)) : Optional.empty();
        return new Recipient(path, notify, original);
    }

    private static int code(MailParameters.BodyType body) {
        return switch (body) {
            case SEVEN_BIT -> 0;
            case EIGHT_BIT_MIME -> 1;
            case BINARY_MIME -> 2;
        };
    }

    private static MailParameters.BodyType bodyType(int code) {
        return switch (code) {
            case 0 -> MailParameters.BodyType.SEVEN_BIT;
            case 1 -> MailParameters.BodyType.EIGHT_BIT_MIME;
            case 2 -> MailParameters.BodyType.BINARY_MIME;
            default -> throw new IllegalArgumentException("body type " + code);
        };
    }

    /// The number of a disposition on disk and on the wire.
    public static int code(Disposition disposition) {
        return switch (disposition) {
            case DELIVER -> 0;
            case QUARANTINE -> 1;
        };
    }

    /// The disposition of a number; throws `IllegalArgumentException` where there is none.
    public static Disposition disposition(int code) {
        return switch (code) {
            case 0 -> Disposition.DELIVER;
            case 1 -> Disposition.QUARANTINE;
            default -> throw new IllegalArgumentException("disposition " + code);
        };
    }

    /// Writes a string of at most 65,535 octets.
    public static void writeString(DataOutputStream out, String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        if (octets.length > 0xffff) {
            throw new IOException("a string of " + octets.length + " octets is too long");
        }
        out.writeShort(octets.length);
        out.write(octets);
    }

    /// Reads a string; octets that are not UTF-8 are an `IOException`.
    public static String readString(DataInputStream in) throws IOException {
        byte[] octets = new byte[in.readUnsignedShort()];
        in.readFully(octets);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException("not UTF-8", e);
        }
    }
}
