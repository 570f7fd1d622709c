// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postern.scanworkers.mime.LineSource.Line;

/// The decoded body of a part, up to the next delimiter or embedded file.
final class PartBody extends InputStream {
    private final LineSource lines;
    private final Boundaries boundaries;
    private final Decoder decoder;
    private final Set<Ambiguity> ambiguities;
    private byte[] decoded = new byte[0];
    private int next;
    private int end;
    private @Nullable Ending ending;

    PartBody(LineSource lines, Boundaries boundaries, Decoder decoder, Set<Ambiguity> ambiguities) {
        this.lines = lines;
        this.boundaries = boundaries;
        this.decoder = decoder;
        this.ambiguities = ambiguities;
    }

    /// What ended a body.
    sealed interface Ending {
        /// The message, or the encoded part around it, is over.
        record End() implements Ending {}

        /// A delimiter: a part follows.
        record Delimiter() implements Ending {}

        /// A closing delimiter: an epilogue follows.
        record Closed() implements Ending {}

        /// An embedded file follows.
        ///
        /// @param uuencoded else base64
        /// @param name of a uuencoded file
        record Embedded(boolean uuencoded, Optional<String> name) implements Ending {}
    }

    /// Skips what nobody read, and says what follows.
    Ending drain() throws IOException {
        while (ending == null) {
            fill();
        }
        return ending;
    }

    @Override
    public int read() throws IOException {
        return fillUntilSome() ? decoded[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fillUntilSome()) {
            return -1;
        }
        int n = Math.min(length, end - next);
        System.arraycopy(decoded, next, target, offset, n);
        next += n;
        return n;
    }

    private boolean fillUntilSome() throws IOException {
        while (next == end) {
            if (ending != null) {
                return false;
            }
            fill();
        }
        return true;
    }

    private void fill() throws IOException {
        next = 0;
        end = 0;
        Line line = lines.next();
        if (line == null) {
            ending = new Ending.End();
            return;
        }
        ending = switch (boundaries.meaning(line, lines)) {
            case DELIMITER -> new Ending.Delimiter();
            case CLOSE_DELIMITER -> new Ending.Closed();
            case NONE -> embedded(line);
        };
        if (ending == null) {
            if (decoded.length < line.octets().length) {
                decoded = new byte[line.octets().length];
            }
            end = decoder.decode(line.octets(), decoded);
        }
    }

    private @Nullable Ending embedded(Line line) throws IOException {
        if (!(decoder instanceof Decoder.Identity) || !line.startsLine()) {
            return null;
        }
        if (line.octets()[0] == 'b') {
            Optional<String> name = EmbeddedBody.uuName(line);
            if (name.isPresent()) {
                return new Ending.Embedded(true, name);
            }
        }
        if (Encoding.startsEmbeddedBase64(line, lines)) {
            lines.pushBack(List.of(line));
            ambiguities.add(Ambiguity.UNDECLARED_ENCODING);
            return new Ending.Embedded(false, Optional.empty());
        }
        return null;
    }
}
