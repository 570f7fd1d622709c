// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.signing;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.RawHeader;
import org.postern.core.mail.ReversePath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The store as a submission farm sees it: what is handed over gets the fields it lacks, and
/// signatures, on top.
///
/// Everything added follows from the handoff's id and the mail, so a handoff that is repeated has the same
/// octets. Only fronts where everybody logs in may use it: that is what a signature vouches for. Many
/// threads hand over at once.
public final class SigningMailStore implements MailStore {
    private static final Logger LOG = LoggerFactory.getLogger(SigningMailStore.class);
    private static final ByteSize HEADER_MAX = ByteSize.ofKiB(1024);
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int TIME_DIGITS = 10;
    private static final Pattern ADDRESS =
            Pattern.compile("[^\\s<>()\",:;@]+@([A-Za-z0-9._-]+|[^\\s<>()\",:;@\\x00-\\x7f]+)");

    private final MailStore store;
    private final boolean addFields;
    private final Domain hostname;
    private final Map<Domain, DkimSigner> signers;
    private final MeterRegistry meters;

    /// @param store where mail goes; closing this leaves it open
    /// @param hostname stands in the ids that are added
    /// @throws org.postern.core.config.ConfigException where a key cannot be read
    public SigningMailStore(MailStore store, SigningConfig config, Domain hostname, MeterRegistry meters) {
        this.store = store;
        this.addFields = config.addFields();
        this.hostname = hostname;
        this.meters = meters;
        this.signers = DkimSigner.read(config.dkim());
    }

    @Override
    public HandoffResult handOver(Handoff handoff, Deadline deadline) {
        try {
            return store.handOver(
                    new Handoff(
                            handoff.id(),
                            handoff.dedupKey(),
                            handoff.envelope(),
                            complete(handoff),
                            handoff.disposition()),
                    deadline);
        } catch (IOException e) {
            LOG.warn("{} cannot be read to be signed", handoff.id(), e);
            return new HandoffResult.Refused(false, "the mail cannot be read to be signed: " + e);
        }
    }

    /// The message with what is added; the front owns its octets.
    private MessageContent complete(Handoff handoff) throws IOException {
        MessageContent content = handoff.content();
        MessageHeader header = MessageHeader.read(content, HEADER_MAX);
        Instant when = time(handoff.id());
        ReversePath sender = handoff.envelope().reversePath();
        if (addFields) {
            String added = AddedFields.of(header, handoff.id(), when, sender, hostname);
            if (!added.isEmpty()) {
                content = content.prepend(added.getBytes(StandardCharsets.UTF_8));
                header = MessageHeader.read(content, HEADER_MAX);
            }
        }
        Optional<DkimSigner> signer = signer(header, sender);
        if (signer.isEmpty() || !header.wellFormed()) {
            meters.counter("postern.signing.mails", "outcome", "unsigned").increment();
            return content;
        }
        meters.counter("postern.signing.mails", "outcome", "signed").increment();
        try (InputStream body = content.newInputStream()) {
            body.skipNBytes(header.bodyOffset());
            String fields = signer.get().sign(RawHeader.read(content, header), body, when.getEpochSecond());
            return content.prepend(fields.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /// The one of the author's domain, where the envelope's sender is of that domain too: that one
    /// was checked.
    private Optional<DkimSigner> signer(MessageHeader header, ReversePath sender) {
        List<HeaderField> authors = header.all("From").toList();
        if (authors.size() != 1 || !(sender instanceof ReversePath.Mailbox(MailAddress address))) {
            return Optional.empty();
        }
        return author(authors.getFirst().value())
                .filter(domain -> domain.equals(address.domain()))
                .map(signers::get);
    }

    /// The domain of the only address in a From field; empty where there are several.
    private static Optional<Domain> author(String from) {
        String plain = from.replaceAll("\"(?:[^\"\\\\]|\\\\.)*+\"", "");
        if (plain.indexOf(',') >= 0 || plain.indexOf('<') != plain.lastIndexOf('<')) {
            return Optional.empty();
        }
        String text = plain.contains("<")
                ? plain.substring(plain.indexOf('<') + 1, Math.max(plain.indexOf('<') + 1, plain.lastIndexOf('>')))
                : plain;
        Matcher matcher = ADDRESS.matcher(text.strip());
        try {
            return matcher.matches() ? Optional.of(Domain.parse(matcher.group(1))) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// When the transaction began: its id says it, the same for every repetition.
    private static Instant time(HandoffId id) {
        long millis = 0;
        for (int i = 0; i < TIME_DIGITS; i++) {
            millis = millis << 5 | DIGITS.indexOf(id.transaction().text().charAt(i));
        }
        return Instant.ofEpochMilli(millis);
    }

    @Override
    public void proven(HandoffId id) {
        store.proven(id);
    }

    @Override
    public Availability availability() {
        return store.availability();
    }

    @Override
    public void close() {}
}
