// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.core.handoff.HandoffId;
import org.postern.delivery.spool.QueueQuery;
import org.postern.delivery.spool.RecipientState;
import org.postern.delivery.spool.SpoolQueue;
import org.postern.delivery.spool.SpoolQueue.Entry;
import org.postern.deploy.management.Operation;

/// `postern queue domains`: the queue by the domains that its mails wait for, the fullest first.
final class QueueDomains {
    private static final int PAGE = 500;

    /// What waits for one domain.
    private static final class Waiting {
        private int mails;
        private Instant oldest = Instant.MAX;
        private Instant tried = Instant.MIN;
        private String reason = "";

        void add(Entry entry) {
            mails++;
            if (entry.received().isBefore(oldest)) {
                oldest = entry.received();
            }
            // The latest attempt says best what is wrong now; its time is not kept, but the next one follows it.
            if (!entry.reason().isEmpty() && entry.next().isAfter(tried)) {
                tried = entry.next();
                reason = entry.reason();
            }
        }
    }

    private QueueDomains() {}

    /// Reads one file a mail.
    static void list(SpoolQueue queue, Map<String, String> asked, Operation.Answer answer) throws IOException {
        int max = QueueOperations.max(asked);
        Map<String, Waiting> domains = new HashMap<>();
        Optional<HandoffId> after = Optional.empty();
        List<Entry> page;
        do {
            page = queue.list(new QueueQuery(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), after, PAGE));
            page.forEach(entry -> of(entry)
                    .forEach(domain ->
                            domains.computeIfAbsent(domain, _ -> new Waiting()).add(entry)));
            after = page.isEmpty() ? after : Optional.of(page.getLast().id());
        } while (page.size() == PAGE);
        domains.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, Waiting> each) -> -each.getValue().mails)
                        .thenComparing(Map.Entry::getKey))
                .limit(max)
                .forEach(each -> answer.row(row(each.getKey(), each.getValue())));
        if (domains.isEmpty()) {
            answer.say("the queue is empty");
        } else if (domains.size() > max) {
            answer.say("there are " + domains.size() + " domains: see --max");
        }
    }

    private static Set<String> of(Entry entry) {
        Set<String> domains = new HashSet<>();
        entry.recipients().stream()
                .filter(one -> one.state() == RecipientState.PENDING)
                .forEach(one -> domains.add(one.path().address().domain().name()));
        return domains;
    }

    private static Map<String, Object> row(String domain, Waiting waiting) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("domain", domain);
        row.put("mails", waiting.mails);
        row.put("oldest", QueueOperations.seconds(waiting.oldest));
        row.put("reason", waiting.reason);
        return row;
    }
}
