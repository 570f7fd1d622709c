// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.quarantine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.spool.DirectorySync;

/// To whom alone a mail in quarantine was released: the file `ID.released`, a line with a position in the
/// envelope for each. The spool forgets what it delivered after a day, the quarantine keeps mail for
/// weeks.
final class ReleasedTo {
    static final String SUFFIX = ".released";

    private ReleasedTo() {}

    static Path file(Path folder, HandoffId id) {
        return folder.resolve(id + SUFFIX);
    }

    static Set<Integer> read(Path folder, HandoffId id) throws IOException {
        Set<Integer> positions = new TreeSet<>();
        try {
            for (String line : Files.readAllLines(file(folder, id), StandardCharsets.US_ASCII)) {
                positions.add(Integer.valueOf(line));
            }
        } catch (NoSuchFileException e) {
            return positions;
        } catch (NumberFormatException e) {
            throw new IOException(file(folder, id) + " is damaged: nobody can tell who has the mail", e);
        }
        return positions;
    }

    /// Adds one, durably.
    static void add(Path folder, HandoffId id, int recipient, DirectorySync directories) throws IOException {
        Set<Integer> all = read(folder, id);
        all.add(recipient);
        String lines = all.stream().map(position -> position + "\n").collect(Collectors.joining());
        QuarantineFile.put(file(folder, id), out -> out.write(lines.getBytes(StandardCharsets.US_ASCII)));
        directories.syncOnce(folder);
    }
}
