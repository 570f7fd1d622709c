// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.TransactionId;
import org.postern.delivery.spool.QueueQuery;
import org.postern.delivery.spool.RecipientState;
import org.postern.delivery.spool.SpoolQueue;
import org.postern.delivery.spool.SpoolQueue.Entry;
import org.postern.deploy.management.Operation;

/// What `postern queue` asks a running store for.
final class QueueOperations {
    private static final int LIST_MAX = 1000;
    private static final int PAGE = 500;
    private static final int RECIPIENTS_SHOWN = 100;

    private final SpoolQueue queue;

    private QueueOperations(SpoolQueue queue) {
        this.queue = queue;
    }

    static List<Operation> of(SpoolQueue queue) {
        QueueOperations all = new QueueOperations(queue);
        return List.of(
                new Operation("queue list", all::list),
                new Operation("queue domains", (asked, answer) -> QueueDomains.list(queue, asked, answer)),
                new Operation("queue show", all::show),
                new Operation("queue retry", all::retry),
                new Operation("queue hold", (asked, answer) -> all.change(queue::hold, "held", asked, answer)),
                new Operation(
                        "queue release", (asked, answer) -> all.change(queue::release, "released", asked, answer)),
                new Operation("queue delete", (asked, answer) -> all.change(queue::delete, "deleted", asked, answer)),
                new Operation("queue pause", (_, answer) -> all.pause(answer)),
                new Operation("queue resume", (_, answer) -> all.resume(answer)),
                new Operation("queue stats", (_, answer) -> all.stats(answer)));
    }

    /// An order about one mail.
    private interface Order {
        SpoolQueue.Change give(HandoffId id) throws IOException;
    }

    private static QueueQuery query(Map<String, String> asked, Optional<HandoffId> after, int max) {
        return new QueueQuery(
                Optional.empty(),
                Optional.ofNullable(asked.get("state"))
                        .map(text -> SpoolQueue.State.valueOf(text.toUpperCase(Locale.ROOT))),
                Optional.ofNullable(asked.get("sender")).map(QueueOperations::address),
                Optional.ofNullable(asked.get("recipient")).map(QueueOperations::address),
                after,
                max);
    }

    /// What no mail can have would find none, and look like an empty queue.
    private static String address(String text) {
        if (text.indexOf('@') < 0 && !text.equals("<>")) {
            throw new IllegalArgumentException(text + " is no address; write NAME@" + text + ", or @" + text
                    + " for everybody there, or <> for the sender of reports");
        }
        return text;
    }

    /// How many rows are wanted.
    static int max(Map<String, String> asked) {
        int max = Optional.ofNullable(asked.get("max")).map(Integer::parseInt).orElse(LIST_MAX);
        if (max < 1) {
            throw new IllegalArgumentException("--max is 1 or more, not " + max);
        }
        return max;
    }

    private void list(Map<String, String> asked, Operation.Answer answer) throws IOException {
        int max = max(asked);
        Optional<HandoffId> after = Optional.ofNullable(asked.get("after")).map(QueueOperations::id);
        int shown = 0;
        while (shown < max) {
            List<Entry> page = queue.list(query(asked, after, Math.min(PAGE, max - shown)));
            page.forEach(entry -> answer.row(row(entry)));
            shown += page.size();
            if (page.size() < PAGE) {
                break;
            }
            after = Optional.of(page.getLast().id());
        }
        if (shown == 0) {
            answer.say(queue.totals().mails() == 0 ? "the queue is empty" : "no mail of the queue fits");
        } else if (shown == max) {
            answer.say("there may be more: see --max and --after");
        }
    }

    private static Map<String, ?> row(Entry entry) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", entry.id());
        row.put("state", entry.state().name().toLowerCase(Locale.ROOT));
        row.put("received", seconds(entry.received()));
        row.put("size", entry.size());
        row.put("attempts", entry.attempts());
        row.put("next", entry.state() == SpoolQueue.State.WAITING ? seconds(entry.next()) : "");
        row.put("sender", "<" + entry.sender() + ">");
        row.put("recipients", pending(entry));
        row.put("reason", entry.reason());
        return row;
    }

    private static List<String> pending(Entry entry) {
        return some(entry.recipients().stream()
                .filter(one -> one.state() == RecipientState.PENDING)
                .map(one -> one.path().toString())
                .toList());
    }

    /// The first recipients, and how many more: a line of an answer has a bound.
    static List<String> some(List<String> recipients) {
        return recipients.size() <= RECIPIENTS_SHOWN
                ? recipients
                : Stream.concat(
                                recipients.stream().limit(RECIPIENTS_SHOWN),
                                Stream.of("and " + (recipients.size() - RECIPIENTS_SHOWN) + " more"))
                        .toList();
    }

    private static IllegalArgumentException missing(HandoffId id) {
        return new IllegalArgumentException("there is no mail " + id
                + " in the queue: what was delivered, or failed and was reported, has left it; the store's log says"
                + " which: grep " + id.transaction());
    }

    static Instant seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }

    private void show(Map<String, String> asked, Operation.Answer answer) throws IOException {
        for (HandoffId id : ids(asked)) {
            Entry entry = queue.list(QueueQuery.of(id)).stream().findFirst().orElseThrow(() -> missing(id));
            row(entry).forEach((name, value) -> field(answer, name, value));
            field(answer, "disposition", entry.disposition().name().toLowerCase(Locale.ROOT));
            for (SpoolQueue.EntryRecipient each : entry.recipients()) {
                String state = each.state().name().toLowerCase(Locale.ROOT);
                field(answer, "to " + each.path(), each.text().isEmpty() ? state : state + ": " + each.text());
            }
        }
    }

    static void field(Operation.Answer answer, String name, Object value) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("field", name);
        row.put("value", value);
        answer.row(row);
    }

    private void retry(Map<String, String> asked, Operation.Answer answer) throws IOException {
        int due = 0;
        if (asked.containsKey("id")) {
            for (HandoffId id : ids(asked)) {
                due += queue.retryNow(QueueQuery.of(id));
            }
        } else {
            due = queue.retryNow(query(asked, Optional.empty(), 1_000_000));
        }
        answer.say(due + (due == 1 ? " mail is" : " mails are") + " tried "
                + (queue.paused() ? "when deliveries are resumed: postern queue resume" : "now"));
    }

    private void change(Order order, String done, Map<String, String> asked, Operation.Answer answer)
            throws IOException {
        for (HandoffId id : ids(asked)) {
            switch (order.give(id)) {
                case DONE -> answer.say(id + " " + done);
                case BUSY ->
                    throw new IllegalArgumentException(
                            id + " is being delivered now: hold it, and delete it when that attempt has ended");
                case UNKNOWN -> throw missing(id);
            }
        }
    }

    /// The mails that are named, as `node.transaction` or by the transaction alone, as it stands in the 250.
    private List<HandoffId> ids(Map<String, String> asked) throws IOException {
        return ids(asked, queue::named, "the queue");
    }

    /// Finds the mails of a transaction.
    interface Finder {
        List<HandoffId> named(TransactionId transaction) throws IOException;
    }

    static List<HandoffId> ids(Map<String, String> asked, Finder finder, String where) throws IOException {
        List<HandoffId> ids = new ArrayList<>();
        for (String word : Optional.ofNullable(asked.get("id")).orElse("").split(" ")) {
            if (word.isEmpty()) {
                throw new IllegalArgumentException("no mail is named");
            }
            if (word.indexOf('.') > 0) {
                ids.add(id(word));
                continue;
            }
            List<HandoffId> found = finder.named(parsed(word, () -> new TransactionId(word)));
            if (found.size() != 1) {
                throw new IllegalArgumentException(
                        found.isEmpty()
                                ? "there is no mail " + word + " in " + where
                                        + "; the store's log says what became of it:" + " grep " + word
                                : word + " means several mails, name one of them: " + found);
            }
            ids.addAll(found);
        }
        return ids;
    }

    private static HandoffId id(String word) {
        return parsed(word, () -> HandoffId.parse(word));
    }

    private static <T> T parsed(String word, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    word + " is no id of a mail: copy one from the list, or the 26 characters that the 250 showed", e);
        }
    }

    private void pause(Operation.Answer answer) throws IOException {
        queue.pause();
        answer.say("deliveries are paused until postern queue resume, over restarts; what runs now ends, and mail is"
                + " taken in as before");
    }

    private void resume(Operation.Answer answer) throws IOException {
        boolean paused = queue.paused();
        queue.resume();
        answer.say(paused ? "deliveries go on" : "deliveries were not paused");
    }

    private void stats(Operation.Answer answer) {
        SpoolQueue.Totals totals = queue.totals();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("mails", totals.mails());
        row.put("due", totals.due());
        row.put("later", totals.later());
        row.put("running", totals.running());
        row.put("held", totals.held());
        row.put("octets", totals.octets());
        row.put(
                "oldest",
                totals.oldest()
                        .map(QueueOperations::seconds)
                        .map(Object::toString)
                        .orElse(""));
        row.put(
                "oldest-seconds",
                totals.oldest()
                        .map(oldest -> Math.max(
                                0, Duration.between(oldest, Instant.now()).toSeconds()))
                        .orElse(0L));
        row.put("deliveries", queue.paused() ? "paused" : "on");
        answer.row(row);
    }
}
