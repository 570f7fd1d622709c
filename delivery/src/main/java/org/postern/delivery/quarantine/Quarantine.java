// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.quarantine;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.TransactionId;
import org.postern.delivery.spool.DirectorySync;
import org.postern.delivery.spool.Intake;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the quarantine folder holds, and what an administrator does with it. Threads may use it at once;
/// the last word on whether something is there has the file system.
public final class Quarantine {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    private static final ByteSize HEADER_MAX = ByteSize.ofKiB(64);
    private static final String MESSAGE = ".eml";
    private static final String ENVELOPE = ".envelope";

    private final Path folder;
    private final DirectorySync directories;
    private final Releases releases;

    public Quarantine(QuarantineConfig config, Intake intake, InstantSource clock, DirectorySync directories) {
        this.folder = config.folder();
        this.directories = directories;
        this.releases = new Releases(this, config.folder(), intake, clock, directories);
    }

    /// One mail in quarantine.
    ///
    /// @param id its handoff
    /// @param received when it was accepted
    /// @param envelope from whom and for whom
    /// @param size octets of the message
    public record Entry(HandoffId id, Instant received, Envelope envelope, long size) {}

    /// The newest mails, newest first. What cannot be read is logged and left out.
    public List<Entry> list(int max) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (HandoffId id : ids().reversed()) {
            if (entries.size() == max) {
                break;
            }
            find(id).ifPresent(entries::add);
        }
        return entries;
    }

    /// All ids, oldest first.
    private List<HandoffId> ids() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(MESSAGE) && !name.startsWith("."))
                    .flatMap(name -> id(name.substring(0, name.length() - MESSAGE.length())))
                    .sorted(Comparator.comparing(id -> id.transaction().text()))
                    .toList();
        }
    }

    private static Stream<HandoffId> id(String text) {
        try {
            return Stream.of(HandoffId.parse(text));
        } catch (IllegalArgumentException e) {
            LOG.warn("{} in the quarantine is no mail", text);
            return Stream.empty();
        }
    }

    /// One mail; empty where it is not there or cannot be read.
    public Optional<Entry> find(HandoffId id) {
        Path message = folder.resolve(id + MESSAGE);
        Path envelope = folder.resolve(id + ENVELOPE);
        try (DataInputStream in = new DataInputStream(Files.newInputStream(envelope, LinkOption.NOFOLLOW_LINKS))) {
            QuarantineEnvelope read = QuarantineEnvelope.read(in);
            if (!read.id().equals(id) || !Files.isRegularFile(message, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            return Optional.of(new Entry(id, read.received(), read.envelope(), Files.size(message)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.error("the quarantined mail {} cannot be read", id, e);
            return Optional.empty();
        }
    }

    /// The octets of the message as it came, the front's header fields with the findings on top.
    public InputStream open(HandoffId id) throws IOException {
        return Files.newInputStream(folder.resolve(id + MESSAGE), LinkOption.NOFOLLOW_LINKS);
    }

    /// The header of a message: our fields with the findings are the first ones, the sender's come behind them.
    public MessageHeader header(HandoffId id) throws IOException {
        try (InputStream in = open(id);
                MessageContent top = MessageContent.of(in.readNBytes((int) HEADER_MAX.bytes()))) {
            return MessageHeader.read(top, HEADER_MAX);
        }
    }

    /// The mails of this transaction; one, as a rule.
    public List<HandoffId> named(TransactionId transaction) throws IOException {
        return ids().stream().filter(id -> id.transaction().equals(transaction)).toList();
    }

    /// What a release came to.
    public sealed interface Release {
        /// It is in the spool and will be delivered; nothing of it is in quarantine any more if it was for all.
        record Released(HandoffId as) implements Release {}

        /// Whoever was meant has it from an earlier release. Nothing of it is in quarantine any more if
        /// it was for all.
        record Before() implements Release {}

        /// There is no such mail, or no such recipient of it.
        record NotFound() implements Release {}

        /// The spool does not take it now; it stays in quarantine.
        record Refused(String reason) implements Release {}
    }

    /// Delivers a mail, past the filters, to all its recipients who do not have it from an earlier
    /// release, and takes it out of quarantine. A release repeated after a crash makes no second copy.
    public Release release(HandoffId id, Deadline deadline) throws IOException {
        return releases.toAll(id, deadline);
    }

    /// Delivers a mail to one of its recipients, given by position from 0, once, and keeps it in quarantine.
    public Release releaseTo(HandoffId id, int recipient, Deadline deadline) throws IOException {
        return releases.toOne(id, recipient, deadline);
    }

    /// The positions of those who have it from a release to them alone.
    public Set<Integer> releasedTo(HandoffId id) throws IOException {
        return ReleasedTo.read(folder, id);
    }

    /// Deletes a mail for good; false where there was none.
    public boolean delete(HandoffId id) throws IOException {
        boolean there = Files.deleteIfExists(folder.resolve(id + MESSAGE));
        boolean _ = Files.deleteIfExists(folder.resolve(id + ENVELOPE));
        boolean _ = Files.deleteIfExists(ReleasedTo.file(folder, id));
        if (there) {
            directories.syncOnce(folder);
        }
        return there;
    }

    /// Deletes what was accepted before an instant; returns how many.
    public int expire(Instant before) throws IOException {
        int deleted = 0;
        for (HandoffId id : ids()) {
            Optional<Entry> entry = find(id);
            if (entry.isPresent() && entry.get().received().isBefore(before) && delete(id)) {
                deleted++;
            }
        }
        deleteLeftovers(before);
        return deleted;
    }

    /// What a crash left of mails that are not there, or not yet.
    private void deleteLeftovers(Instant before) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folder, "*{" + ENVELOPE + "," + ReleasedTo.SUFFIX + "," + MESSAGE + "}")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                boolean temporary = name.startsWith(".");
                Path message = folder.resolve(name.substring(0, name.lastIndexOf('.')) + MESSAGE);
                if ((temporary || !Files.exists(message, LinkOption.NOFOLLOW_LINKS))
                        && Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                                .toInstant()
                                .isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
