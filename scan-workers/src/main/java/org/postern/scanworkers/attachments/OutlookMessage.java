// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.scanworkers.attachments.CompoundFile.Entry;

/// The files in a message as Outlook saves it (`.msg`), those of messages in it included. [MS-OXMSG] section 2.2.2.
final class OutlookMessage {
    private static final String PROPERTY = "__substg1.0_";
    /// PidTagAttachDataBinary. [MS-OXPROPS].
    private static final String DATA = PROPERTY + "37010102";
    /// PidTagAttachLongFilename and PidTagAttachFilename, in UTF-16 and in an older encoding.
    private static final Map<String, Charset> NAMES = Map.of(
            PROPERTY + "3707001f", StandardCharsets.UTF_16LE,
            PROPERTY + "3704001f", StandardCharsets.UTF_16LE,
            PROPERTY + "3707001e", StandardCharsets.ISO_8859_1,
            PROPERTY + "3704001e", StandardCharsets.ISO_8859_1);
    private static final int NAME_MAX = 1024;

    private final CompoundFile file;

    OutlookMessage(CompoundFile file) {
        this.file = file;
    }

    /// One file.
    ///
    /// @param names all it goes by, the long one first; none where it has no name
    record Attachment(Set<String> names, Entry data) {
        /// The one to show.
        String name() {
            return names.isEmpty() ? "" : names.iterator().next();
        }
    }

    /// Whether a directory entry of that name belongs to an attachment of a message.
    static boolean isAttachment(String entry) {
        return entry.startsWith("__attach_version1.0_");
    }

    List<Attachment> attachments() throws IOException {
        List<Attachment> found = new ArrayList<>();
        for (List<Entry> storage : file.storages()) {
            Optional<Entry> data = storage.stream()
                    .filter(entry -> entry.isStream() && entry.name().equals(DATA))
                    .findFirst();
            if (data.isPresent()) {
                found.add(new Attachment(names(storage), data.get()));
            }
        }
        return found;
    }

    InputStream open(Attachment attachment) throws IOException {
        return file.open(attachment.data());
    }

    private Set<String> names(List<Entry> storage) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        List<Entry> sorted = storage.stream()
                .filter(entry -> entry.isStream() && NAMES.containsKey(entry.name()))
                .sorted(Comparator.comparing(Entry::name).reversed())
                .toList();
        for (Entry entry : sorted) {
            Charset charset = NAMES.getOrDefault(entry.name(), StandardCharsets.ISO_8859_1);
            String name = new String(file.open(entry).readNBytes(NAME_MAX), charset).replace("\0", "");
            if (!name.isBlank()) {
                names.add(name);
            }
        }
        return names;
    }
}
