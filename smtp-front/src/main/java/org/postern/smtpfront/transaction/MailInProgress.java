// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transaction;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.Recipient;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;
import org.postern.core.reply.Reply;

/// A mail transaction from MAIL on, until it is answered, reset or broken off. One thread at a time.
public final class MailInProgress {
    private static final int REFUSALS_NOTED_MAX = 20;

    private final TransactionId id;
    private final Instant began;
    private final long beganNanos;
    private final ReversePath sender;
    private final MailParameters parameters;
    private final List<Recipient> recipients = new ArrayList<>(2);
    private final List<String> refusals = new ArrayList<>(0);
    private int refused;
    private boolean sparedGreylisting;
    private OptionalLong announcedSize = OptionalLong.empty();
    private boolean repliesEach;
    private Map<Recipient, ByteSize> largest = Map.of();
    private Optional<Reply> lastRefusal = Optional.empty();

    public MailInProgress(ReversePath sender, MailParameters parameters, Instant began) {
        this(TransactionId.create(began.toEpochMilli()), sender, parameters, began, System.nanoTime());
    }

    private MailInProgress(
            TransactionId id, ReversePath sender, MailParameters parameters, Instant began, long beganNanos) {
        this.id = id;
        this.began = began;
        this.beganNanos = beganNanos;
        this.sender = sender;
        this.parameters = parameters;
    }

    public TransactionId id() {
        return id;
    }

    public Instant began() {
        return began;
    }

    public long beganNanos() {
        return beganNanos;
    }

    public ReversePath sender() {
        return sender;
    }

    public MailParameters parameters() {
        return parameters;
    }

    /// The client said how large the message will be. RFC 1870
    public void announce(long size) {
        announcedSize = OptionalLong.of(size);
    }

    public OptionalLong announcedSize() {
        return announcedSize;
    }

    /// The client takes a reply for each recipient. draft-hall-prdr
    public void replyEach() {
        repliesEach = true;
    }

    public boolean repliesEach() {
        return repliesEach;
    }

    /// @param largestMessage that the recipient takes; empty where it takes what we take
    public void add(Recipient recipient, Optional<ByteSize> largestMessage) {
        recipients.add(recipient);
        if (largestMessage.isPresent()) {
            largest = largest.isEmpty() ? new HashMap<>() : largest;
            largest.put(recipient, largestMessage.get());
        }
    }

    /// The largest message that a recipient takes; empty where it takes what we take.
    public Optional<ByteSize> largest(Recipient recipient) {
        return Optional.ofNullable(largest.get(recipient));
    }

    /// Notes a refused recipient for the decision record.
    public void refused(String recipient, Reply reply, String detail) {
        refused++;
        lastRefusal = Optional.of(reply);
        if (refusals.size() < REFUSALS_NOTED_MAX) {
            refusals.add(recipient + ": " + reply + (detail.isEmpty() ? "" : " (" + detail + ")"));
        }
    }

    /// This mail is not to be told to come again, however undecided it is.
    public void spareGreylisting() {
        sparedGreylisting = true;
    }

    public boolean sparedGreylisting() {
        return sparedGreylisting;
    }

    /// The accepted recipients in their order.
    public List<Recipient> recipients() {
        return Collections.unmodifiableList(recipients);
    }

    /// This mail for each of these groups of its recipients. The first keeps the id, and what was refused before.
    List<MailInProgress> split(Collection<List<Recipient>> groups) {
        List<MailInProgress> parts = new ArrayList<>();
        for (List<Recipient> group : groups) {
            TransactionId partId = parts.isEmpty() ? id : TransactionId.create(began.toEpochMilli());
            MailInProgress part = new MailInProgress(partId, sender, parameters, began, beganNanos);
            part.recipients.addAll(group);
            part.sparedGreylisting = sparedGreylisting;
            part.repliesEach = repliesEach;
            if (parts.isEmpty()) {
                part.refusals.addAll(refusals);
                part.refused = refused;
            }
            parts.add(part);
        }
        return parts;
    }

    public int recipientCount() {
        return recipients.size();
    }

    public List<String> recipientNames() {
        return recipients.stream().map(Recipient::toString).toList();
    }

    /// The envelope; at least one recipient was accepted.
    public Envelope envelope() {
        return new Envelope(sender, recipients, parameters);
    }

    /// The last reply that refused a recipient.
    public Optional<Reply> lastRefusal() {
        return lastRefusal;
    }

    /// The refused recipients for the record; empty when there was none.
    public String refusals() {
        if (refused == 0) {
            return "";
        }
        String more = refused > refusals.size() ? " and " + (refused - refusals.size()) + " more" : "";
        return "refused recipients: " + String.join("; ", refusals) + more;
    }
}
