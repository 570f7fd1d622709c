// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.postern.core.mail.Domain;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Policies over a restart, which would otherwise be a moment at which nobody binds us: one file a domain, the id
/// and the end in a line, then the policy as it was fetched. Many threads use it.
///
/// It is a memory, not a promise: what cannot be written or read is fetched again.
final class StsFiles {
    private static final Logger LOG = LoggerFactory.getLogger(StsFiles.class);
    private static final String TEMPORARY = "#";

    private final Path folder;

    StsFiles(Path folder) {
        this.folder = folder;
    }

    /// What stands in one file.
    record Kept(String id, Instant until, String text) {
        static Optional<Kept> parse(String content) {
            int line = content.indexOf('\n');
            String[] words =
                    line < 0 ? new String[0] : content.substring(0, line).split(" ", -1);
            return words.length == 2 && words[1].matches("\\d{1,12}")
                    ? Optional.of(new Kept(
                            words[0], Instant.ofEpochSecond(Long.parseLong(words[1])), content.substring(line + 1)))
                    : Optional.empty();
        }

        String content() {
            return id + " " + until.getEpochSecond() + "\n" + text;
        }
    }

    /// All of them that still hold; the others are removed.
    Map<Domain, Kept> load(Instant now) {
        Map<Domain, Kept> all = new HashMap<>();
        if (!Files.isDirectory(folder)) {
            return all;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Optional<Kept> kept = read(file).filter(each -> each.until().isAfter(now));
                if (kept.isPresent()) {
                    all.put(new Domain(file.getFileName().toString()), kept.get());
                } else {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("MTA-STS policies in {} cannot be read, and are fetched again: {}", folder, e.toString());
        }
        return all;
    }

    private static Optional<Kept> read(Path file) throws IOException {
        return file.getFileName().toString().startsWith(TEMPORARY)
                ? Optional.empty()
                : Kept.parse(Files.readString(file));
    }

    void keep(Domain domain, Kept kept) {
        try {
            Files.createDirectories(folder);
            Path temporary = Files.createTempFile(folder, TEMPORARY, "");
            Files.writeString(temporary, kept.content());
            Files.move(
                    temporary,
                    folder.resolve(domain.name()),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("the MTA-STS policy of {} cannot be kept in {}: {}", domain, folder, e.toString());
        }
    }

    void forget(Domain domain) {
        try {
            Files.deleteIfExists(folder.resolve(domain.name()));
        } catch (IOException e) {
            LOG.warn("the MTA-STS policy of {} cannot be removed from {}", domain, folder, e);
        }
    }
}
