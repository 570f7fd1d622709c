// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.james.protocols.api.Response;
import org.apache.james.protocols.smtp.SMTPSession;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.transaction.Failures;

/// The commands of one client: cuts octets into lines, and lets James' chain answer each. One thread at a time.
final class Commands {
    /// RFC 4954 section 4
    private static final int AUTH_LINE_MAX = 12_288;

    private static final int CRLF_OCTETS = 2;
    private static final Replied TOO_LONG = Replied.of(ReplyCode.SYNTAX_ERROR_500, "5.5.2", "Command line too long");

    private final JamesTransport transport;
    private final SMTPSession james;
    private final LineReader lines;
    private final int commandMax;

    Commands(Farm farm, JamesTransport transport, SMTPSession james) {
        this.transport = transport;
        this.james = james;
        this.commandMax = farm.config().limits().commandLine();
        this.lines = new LineReader(farm.offersAuthentication() ? Math.max(commandMax, AUTH_LINE_MAX) : commandMax);
    }

    /// Reads up to the end of a line or to `to`; [#offset()] then is the offset after the last octet read.
    Optional<LineReader.Line> read(byte[] octets, int from, int to) {
        return lines.read(octets, from, to);
    }

    int offset() {
        return lines.offset();
    }

    /// Whether a command comes next, from its first octet on. In a dialogue of several lines, a login, a line that
    /// looks like a command is none.
    boolean isNext() {
        return lines.isEmpty() && !transport.isInDialogue();
    }

    /// Forgets a line begun.
    void clear() {
        lines.clear();
    }

    /// @param onlyQuit whether the client was refused instead of greeted
    Response answer(LineReader.Line line, boolean onlyQuit) {
        boolean chunk = line.announcesChunk() && !transport.isInDialogue();
        Response response = switch (line) {
            case LineReader.Line.Whole(byte[] octets) -> mayBeLong(octets) ? dispatch(octets, onlyQuit) : TOO_LONG;
            case LineReader.Line.TooLong _ -> TOO_LONG;
            case LineReader.Line.Broken _ ->
                Replied.of(ReplyCode.SYNTAX_ERROR_500, "5.5.2", "Control characters in command line");
        };
        // RFC 3030 section 2: octets follow. Where they are not counted, the next command cannot be told from them.
        return chunk && response instanceof Replied replied ? Replied.last(replied.reply()) : response;
    }

    /// What a login consists of may be longer than other commands.
    private boolean mayBeLong(byte[] line) {
        return line.length + CRLF_OCTETS <= commandMax
                || transport.isInDialogue()
                || new String(line, 0, 5, StandardCharsets.US_ASCII).equalsIgnoreCase("AUTH ");
    }

    private Response dispatch(byte[] line, boolean onlyQuit) {
        if (onlyQuit && !isQuit(line)) {
            // RFC 5321 section 3.1
            return Replied.of(ReplyCode.BAD_SEQUENCE_503, "5.5.1", "Not served, send QUIT");
        }
        try {
            return transport.lineHandler().onLine(james, line);
        } catch (RuntimeException e) {
            return Replied.of(Failures.reply("connection " + transport.getId(), e));
        }
    }

    private static boolean isQuit(byte[] line) {
        return line.length == 4 && new String(line, StandardCharsets.US_ASCII).equalsIgnoreCase("QUIT");
    }
}
