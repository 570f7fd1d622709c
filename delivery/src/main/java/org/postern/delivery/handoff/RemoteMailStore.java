// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postern.core.directory.Directory;
import org.postern.core.dns.DnsResolver;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;
import org.postern.delivery.net.MutualTls;
import org.postern.delivery.net.NamedHosts;
import org.postern.delivery.net.Watchdog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands mail to Postern stores over the network.
///
/// Recipients whose mailbox lives on a certain store are handed to that one; a mail for several stores goes to each in
/// part. Mail that any store may have goes to one, and another is tried only while nothing of the mail was sent. From
/// then on the same id is settled with the same store until the deadline ([HandoffAttempt]); then the answer is
/// `Indeterminate`, and the store is told to refuse the id.
final class RemoteMailStore implements MailStore {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteMailStore.class);
    /// Kept back so that the answer comes before the caller's deadline.
    private static final Duration RESERVE = Duration.ofMillis(50);

    private final Watchdog watchdog = new Watchdog();
    private final List<StorePeer> peers;
    private final Semaphore places;
    private final StoreRouting routing;
    private final ProofTracker proofs = new ProofTracker();
    private final MeterRegistry meters;
    private final Counter aborts;

    RemoteMailStore(
            HandoffClientConfig config,
            String node,
            Optional<Directory> directory,
            DnsResolver dns,
            MeterRegistry meters) {
        this.meters = meters;
        this.aborts = Counter.builder("postern.handoff.client.aborts")
                .description("handoffs without an answer in time, which the store was told to refuse")
                .register(meters);
        this.places = new Semaphore(config.connectionsMax());
        Optional<MutualTls> tls = config.tls().map(MutualTls::new);
        NamedHosts hosts = new NamedHosts(dns);
        this.peers = config.stores().stream()
                .map(address -> new StorePeer(address, hosts, node, config, tls, watchdog))
                .toList();
        this.routing = new StoreRouting(directory, peers);
    }

    @Override
    public HandoffResult handOver(Handoff handoff, Deadline until) {
        Timer.Sample sample = Timer.start(meters);
        HandoffResult result = route(handoff, until.keeping(RESERVE));
        String outcome = switch (result) {
            case HandoffResult.Accepted(String id, boolean duplicate) -> duplicate ? "duplicate" : "accepted";
            case HandoffResult.Refused(boolean permanent, String detail) -> permanent ? "rejected" : "deferred";
            case HandoffResult.Indeterminate(String detail) -> "indeterminate";
        };
        sample.stop(meters.timer("postern.handoff.client", "outcome", outcome));
        return result;
    }

    private HandoffResult route(Handoff handoff, Deadline deadline) {
        return switch (routing.route(handoff, deadline)) {
            case StoreRouting.Route.Unknown(String why) -> new HandoffResult.Refused(false, why);
            case StoreRouting.Route.Whole(List<StorePeer> order) -> handOverBounded(handoff, order, deadline);
            case StoreRouting.Route.Split(List<StoreRouting.Part> parts) -> handOverParts(handoff, parts, deadline);
        };
    }

    /// Hands the parts over at the same time. Only when every store has said yes is the answer yes. A store
    /// that has its part keeps it: when the sender comes back, that store recognises it.
    private HandoffResult handOverParts(Handoff handoff, List<StoreRouting.Part> parts, Deadline deadline) {
        List<HandoffResult> results;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            results = parts.stream()
                    .map(part -> threads.submit(() -> handOverBounded(part.handoff(), List.of(part.peer()), deadline)))
                    .toList()
                    .stream()
                    .map(RemoteMailStore::resultOf)
                    .toList();
        }
        proofs.split(
                handoff.id(), parts.stream().map(part -> part.handoff().id()).toList());
        HandoffResult result = StoreRouting.together(results);
        LOG.info("handoff {} to {} stores: {}", handoff.id(), parts.size(), result);
        return result;
    }

    private static HandoffResult resultOf(Future<HandoffResult> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    return new HandoffResult.Indeterminate("a part of the handoff failed: " + e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private HandoffResult handOverBounded(Handoff handoff, List<StorePeer> order, Deadline deadline) {
        try {
            if (!places.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                return new HandoffResult.Refused(false, "all connections to the stores are busy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new HandoffResult.Refused(false, "interrupted before anything was sent");
        }
        try {
            return choose(handoff, order, deadline);
        } finally {
            places.release();
        }
    }

    private HandoffResult choose(Handoff handoff, List<StorePeer> order, Deadline deadline) {
        List<String> why = new ArrayList<>();
        for (StorePeer peer : order) {
            if (deadline.expired()) {
                break;
            }
            try {
                if (!peer.places().take(deadline)) {
                    why.add(peer.address() + ": all its places are taken");
                    continue;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new HandoffResult.Refused(false, "interrupted before anything was sent");
            }
            try {
                StoreConnection connection = peer.connect(deadline);
                HandoffResult result = new HandoffAttempt(peer, handoff, deadline, proofs, aborts).settle(connection);
                if (result instanceof HandoffResult.Accepted) {
                    proofs.accepted(handoff, peer);
                }
                return result;
            } catch (IOException e) {
                why.add(peer.address() + ": " + e.getMessage());
            } finally {
                peer.places().release();
            }
        }
        return new HandoffResult.Refused(false, "no store can be reached: " + String.join("; ", why));
    }

    @Override
    public void proven(HandoffId id) {
        for (HandoffId part : proofs.partsOf(id)) {
            proofs.proven(part).ifPresent(peer -> peer.tell(new StoreErrands.Errand.Proven(part)));
        }
    }

    @Override
    public Availability availability() {
        List<String> troubles = new ArrayList<>();
        for (StorePeer peer : peers) {
            if (peer.trouble().isEmpty()) {
                return new Availability(true, "store " + peer.address());
            }
            troubles.add(peer.trouble());
        }
        return new Availability(false, String.join("; ", troubles));
    }

    @Override
    public void close() {
        peers.forEach(StorePeer::close);
        watchdog.close();
    }
}
