// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.Recipient;
import org.postern.core.text.PlainText;
import org.postern.delivery.quarantine.Quarantine;
import org.postern.delivery.quarantine.Quarantine.Entry;
import org.postern.delivery.quarantine.Quarantine.Release;
import org.postern.deploy.management.Operation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What `postern quarantine` asks a running store for.
final class QuarantineOperations {
    private static final Logger LOG = LoggerFactory.getLogger(QuarantineOperations.class);
    private static final int FIELD_MAX = 300;
    private static final int RESULT_MAX = 8_000;
    private static final Duration RELEASE_MAX = Duration.ofMinutes(1);

    private final Quarantine quarantine;

    private QuarantineOperations(Quarantine quarantine) {
        this.quarantine = quarantine;
    }

    static List<Operation> of(Quarantine quarantine) {
        QuarantineOperations all = new QuarantineOperations(quarantine);
        return List.of(
                new Operation("quarantine list", all::list),
                new Operation("quarantine show", all::show),
                new Operation("quarantine release", all::release),
                new Operation("quarantine delete", all::delete),
                new Operation("quarantine expire", all::expire));
    }

    private void list(Map<String, String> asked, Operation.Answer answer) throws IOException {
        List<Entry> entries = quarantine.list(QueueOperations.max(asked));
        for (Entry entry : entries) {
            answer.row(row(entry, header(entry.id())));
        }
        if (entries.isEmpty()) {
            answer.say("the quarantine is empty");
        }
    }

    /// Empty where the file cannot be read, or is there no more: one mail does not hide the others.
    private Optional<MessageHeader> header(HandoffId id) {
        try {
            return Optional.of(quarantine.header(id));
        } catch (IOException e) {
            LOG.warn("the header of the quarantined mail {} cannot be read: {}", id, e.toString());
            return Optional.empty();
        }
    }

    private static Map<String, Object> row(Entry entry, Optional<MessageHeader> header) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", entry.id());
        row.put("received", entry.received().truncatedTo(ChronoUnit.SECONDS));
        row.put("size", entry.size());
        row.put("sender", "<" + entry.envelope().reversePath() + ">");
        row.put("recipients", recipients(entry));
        row.put("subject", value(header, "Subject", FIELD_MAX));
        row.put("findings", findings(header));
        return row;
    }

    private static List<String> recipients(Entry entry) {
        return QueueOperations.some(entry.envelope().recipients().stream()
                .map(one -> one.path().toString())
                .toList());
    }

    /// Cut: a field of a megabyte would be longer than a line of an answer may be, and hide all other mails.
    private static String value(Optional<MessageHeader> header, String name, int max) {
        return header.map(fields -> fields.first(name)
                        .map(HeaderField::value)
                        .map(value -> PlainText.of(value, max))
                        .orElse(""))
                .orElse("(cannot be read)");
    }

    /// Only the first field is ours: the sender may have written more of that name.
    private static String findings(Optional<MessageHeader> header) {
        return value(header, "X-Postern-Result", RESULT_MAX).replaceAll("\\s+", " ");
    }

    private void show(Map<String, String> asked, Operation.Answer answer) throws IOException {
        for (HandoffId id : ids(asked)) {
            Entry entry = quarantine.find(id).orElseThrow(() -> missing(id));
            Optional<MessageHeader> header = header(id);
            Map<String, Object> row = row(entry, header);
            row.remove("findings");
            row.forEach((name, value) -> QueueOperations.field(answer, name, value));
            QueueOperations.field(answer, "from", value(header, "From", FIELD_MAX));
            for (int position : quarantine.releasedTo(id)) {
                QueueOperations.field(
                        answer,
                        "released-to",
                        entry.envelope().recipients().get(position).path());
            }
            for (String finding : findings(header).split(" ")) {
                QueueOperations.field(answer, "finding", finding);
            }
        }
    }

    private static IllegalArgumentException missing(HandoffId id) {
        return new IllegalArgumentException(
                "there is no mail " + id + " in the quarantine; postern quarantine list shows what is there");
    }

    private List<HandoffId> ids(Map<String, String> asked) throws IOException {
        return QueueOperations.ids(asked, quarantine::named, "the quarantine");
    }

    private void release(Map<String, String> asked, Operation.Answer answer) throws IOException {
        for (HandoffId id : ids(asked)) {
            String to = asked.get("to");
            Deadline deadline = Deadline.in(RELEASE_MAX);
            Release release = to == null
                    ? quarantine.release(id, deadline)
                    : quarantine.releaseTo(id, position(id, to), deadline);
            switch (release) {
                case Release.Released(HandoffId as) ->
                    answer.say(id + " is delivered as " + as
                            + (to == null ? " to all who do not have it" : " to " + to + " and stays in quarantine"));
                case Release.Before() ->
                    answer.say(id
                            + (to == null
                                    ? " was released to each of its recipients before, and left the quarantine now"
                                    : " was released to " + to + " before; nothing was done"));
                case Release.NotFound() -> throw missing(id);
                case Release.Refused(String reason) ->
                    throw new IOException(id + " stays in quarantine, the spool does not take it: " + reason);
            }
        }
    }

    private int position(HandoffId id, String to) {
        List<Recipient> recipients =
                quarantine.find(id).orElseThrow(() -> missing(id)).envelope().recipients();
        for (int i = 0; i < recipients.size(); i++) {
            if (recipients.get(i).path().toString().equalsIgnoreCase(to)) {
                return i;
            }
        }
        throw new IllegalArgumentException(id + " is not for " + to + "; it is for "
                + String.join(
                        ", ",
                        recipients.stream().map(one -> one.path().toString()).toList()));
    }

    private void delete(Map<String, String> asked, Operation.Answer answer) throws IOException {
        for (HandoffId id : ids(asked)) {
            if (!quarantine.delete(id)) {
                throw missing(id);
            }
            answer.say(id + " deleted");
        }
    }

    private void expire(Map<String, String> asked, Operation.Answer answer) throws IOException {
        Duration age = Duration.parse(Optional.ofNullable(asked.get("age"))
                .orElseThrow(() -> new IllegalArgumentException("no age is given")));
        int deleted = quarantine.expire(Instant.now().minus(age));
        answer.say(deleted + (deleted == 1 ? " mail" : " mails") + " deleted");
    }
}
