// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postern.scanworkers.mime.LineSource.Line;

/// The decoded body of a part, up to the next delimiter or embedded file.
final class PartBody {
    private final LineSource lines;
    private final Boundaries boundaries;
    private final Decoder decoder;
    private final Reading reading;
    private final DecodedLines octets;
    private @Nullable Ending ending;

    PartBody(LineSource lines, Boundaries boundaries, Decoder decoder, Reading reading) {
        this.lines = lines;
        this.boundaries = boundaries;
        this.decoder = decoder;
        this.reading = reading;
        this.octets = new DecodedLines(this::next, decoder);
    }

    InputStream octets() {
        return octets;
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
        octets.skipToEnd();
        return Objects.requireNonNull(ending);
    }

    private @Nullable Line next() throws IOException {
        Line line = lines.next();
        if (line == null) {
            ending = new Ending.End();
            return null;
        }
        ending = switch (boundaries.meaning(line, lines)) {
            case DELIMITER -> new Ending.Delimiter();
            case CLOSE_DELIMITER -> new Ending.Closed();
            case NONE -> embedded(line);
        };
        return ending == null ? line : null;
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
            reading.ambiguous(Ambiguity.UNDECLARED_ENCODING);
            return new Ending.Embedded(false, Optional.empty());
        }
        return null;
    }
}
