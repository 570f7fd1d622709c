// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Lookup;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.Recipient;

/// Finds out which stores a mail goes to: those where its recipients' mailboxes live, by the directory's `mailHost`, or
/// any, in the order of [Rendezvous].
final class StoreRouting {
    private static final int FRONT_MAX = 63;
    private static final int MARK = 9;

    private final Optional<Directory> directory;
    private final List<StorePeer> peers;

    /// @param directory where mail hosts are known; empty where every store has every mailbox
    StoreRouting(Optional<Directory> directory, List<StorePeer> peers) {
        this.directory = directory;
        this.peers = peers;
    }

    /// Where a mail goes.
    sealed interface Route {
        /// To one store: the first of these that can be reached.
        record Whole(List<StorePeer> order) implements Route {}

        /// To each of several stores, in part.
        record Split(List<Part> parts) implements Route {}

        /// Nobody can tell now.
        record Unknown(String why) implements Route {}
    }

    /// What one store gets of a mail.
    record Part(StorePeer peer, Handoff handoff) {}

    Route route(Handoff handoff, Deadline deadline) {
        // With one store there is nothing to choose, and nobody to ask.
        if (peers.size() == 1 || directory.isEmpty()) {
            return new Route.Whole(Rendezvous.order(handoff.dedupKey(), peers));
        }
        Map<StorePeer, List<Recipient>> fixed = new LinkedHashMap<>();
        List<Recipient> anywhere = new ArrayList<>();
        for (Recipient recipient : handoff.envelope().recipients()) {
            Optional<Domain> host;
            switch (directory.get().recipient(recipient.path(), deadline)) {
                case Lookup.Known<Account>(Account account) -> host = account.mailHost();
                // Not ours, or not any more: any store finds out what to do with it.
                case Lookup.Unknown<Account>() -> host = Optional.empty();
                case Lookup.Undetermined<Account>(String reason) -> {
                    return new Route.Unknown("nobody can say where " + recipient.path() + " lives: " + reason);
                }
            }
            if (host.isEmpty()) {
                anywhere.add(recipient);
                continue;
            }
            Optional<StorePeer> peer = peer(host.get());
            if (peer.isEmpty()) {
                return new Route.Unknown(
                        recipient.path() + " lives on " + host.get().name() + ", which is no host of handoff.stores");
            }
            fixed.computeIfAbsent(peer.get(), p -> new ArrayList<>()).add(recipient);
        }
        return route(handoff, fixed, anywhere);
    }

    private Optional<StorePeer> peer(Domain host) {
        return peers.stream()
                .filter(peer -> peer.address().host().equalsIgnoreCase(host.name()))
                .findFirst();
    }

    private Route route(Handoff handoff, Map<StorePeer, List<Recipient>> fixed, List<Recipient> anywhere) {
        if (fixed.isEmpty()) {
            return new Route.Whole(Rendezvous.order(handoff.dedupKey(), peers));
        }
        if (!anywhere.isEmpty()) {
            // Whoever may be anywhere goes with somebody: fewer parts, and the same ones every time.
            StorePeer first = Rendezvous.order(handoff.dedupKey(), List.copyOf(fixed.keySet()))
                    .getFirst();
            fixed.getOrDefault(first, List.of()).addAll(anywhere);
        }
        if (fixed.size() == 1) {
            return new Route.Whole(List.copyOf(fixed.keySet()));
        }
        List<Part> parts = new ArrayList<>();
        fixed.forEach((peer, recipients) -> parts.add(new Part(peer, part(handoff, peer, recipients))));
        return new Route.Split(parts);
    }

    /// Part of a mail, under an id and a key that follow from the whole and from whom it is for: the same whenever the
    /// same mail is divided in the same way, and others where an account has moved meanwhile.
    private static Handoff part(Handoff whole, StorePeer peer, List<Recipient> recipients) {
        MessageDigest digest = HandoffRequests.sha256();
        digest.update(whole.dedupKey().hex().getBytes(StandardCharsets.US_ASCII));
        digest.update(peer.address().toString().getBytes(StandardCharsets.UTF_8));
        recipients.stream()
                .map(one -> one.path().toString())
                .sorted(Comparator.naturalOrder())
                .forEach(path -> {
                    digest.update((byte) 0);
                    digest.update(path.getBytes(StandardCharsets.UTF_8));
                });
        byte[] hash = digest.digest();
        String hex = HexFormat.of().formatHex(hash);
        String front = whole.id().front();
        String shortened = front.substring(0, Math.min(front.length(), FRONT_MAX - MARK));
        Envelope all = whole.envelope();
        return new Handoff(
                new HandoffId(
                        shortened + "-" + hex.substring(0, MARK - 1), whole.id().transaction()),
                new DedupKey(hex),
                new Envelope(all.reversePath(), recipients, all.parameters()),
                whole.content(),
                whole.disposition());
    }

    /// The answer to a mail from the answers to its parts. Yes is said only when all said it; no for good only when all
    /// did, for the sender would tell people of a failure who have the mail.
    static HandoffResult together(List<HandoffResult> results) {
        List<String> ids = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        boolean duplicate = true;
        boolean permanent = true;
        boolean indeterminate = false;
        for (HandoffResult result : results) {
            switch (result) {
                case HandoffResult.Accepted(String id, boolean known) -> {
                    ids.add(id);
                    duplicate &= known;
                    permanent = false;
                }
                case HandoffResult.Refused(boolean forGood, String detail) -> {
                    problems.add(detail);
                    permanent &= forGood;
                }
                case HandoffResult.Indeterminate(String detail) -> {
                    problems.add(detail);
                    indeterminate = true;
                }
            }
        }
        String detail = String.join("; ", problems) + (ids.isEmpty() ? "" : "; kept in part as " + ids);
        if (indeterminate) {
            return new HandoffResult.Indeterminate(detail);
        }
        return problems.isEmpty()
                ? new HandoffResult.Accepted(String.join(" ", ids), duplicate)
                : new HandoffResult.Refused(permanent, detail);
    }
}
