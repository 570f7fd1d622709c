// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.postern.delivery.dsn.Notifier;
import org.postern.delivery.spool.DamagedMailException;
import org.postern.delivery.spool.RecipientState;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.StoredMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One attempt to deliver one mail to everybody still pending: groups of recipients at the same time, each
/// with its destination, and then what senders are told.
final class Attempt {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);
    private static final Duration RENEWAL = SpoolStore.LEASE.dividedBy(4);

    private final SpoolStore spool;
    private final SpoolStore.Lease lease;
    private final Routing routing;
    private final Destinations destinations;
    private final BooleanSupplier stopped;
    private final StoredMail mail;
    private final Results results;

    Attempt(
            SpoolStore spool,
            SpoolStore.Lease lease,
            Routing routing,
            Destinations destinations,
            Notifier notifier,
            DeliveryConfig config,
            InstantSource clock,
            Backoff backoff,
            DeliveryMeters meters,
            BooleanSupplier stopped)
            throws IOException {
        this.spool = spool;
        this.lease = lease;
        this.routing = routing;
        this.destinations = destinations;
        this.stopped = stopped;
        this.mail = spool.open(lease);
        this.results = new Results(spool, lease, mail, notifier, config, clock, backoff, meters, stopped);
    }

    void run() throws IOException {
        Map<Object, Group> groups = groups();
        if (groups.size() == 1 && groups.values().iterator().next().near) {
            groups.values().iterator().next().run();
        } else {
            List<Thread> threads = groups.values().stream()
                    .map(group ->
                            Thread.ofVirtual().name("delivery-" + lease.id()).start(group))
                    .toList();
            threads.forEach(this::join);
        }
        for (Group group : groups.values()) {
            if (group.damage != null) {
                throw group.damage;
            }
        }
        results.finish();
    }

    private Map<Object, Group> groups() {
        Map<Object, Group> groups = new LinkedHashMap<>();
        List<RecipientState> states = mail.recipients();
        for (int i = 0; i < states.size(); i++) {
            if (states.get(i) == RecipientState.PENDING) {
                Route route = routing.route(mail, i);
                Destinations.Way way = destinations.way(route);
                groups.computeIfAbsent(way.group(), _ -> new Group(way)).stops.add(new Destination.Stop(i, route));
            }
        }
        return groups;
    }

    /// Waits for the end, however long it takes: every wait inside has its own bound. The lease is
    /// kept meanwhile.
    private void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                if (thread.join(RENEWAL)) {
                    break;
                }
                spool.renew(lease, SpoolStore.LEASE);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Recipients that are delivered together.
    private final class Group implements Runnable {
        private final Destination destination;
        private final boolean near;
        private final List<Destination.Stop> stops = new ArrayList<>();
        private volatile @org.jspecify.annotations.Nullable DamagedMailException damage;

        Group(Destinations.Way way) {
            this.destination = way.destination();
            this.near = way.near();
        }

        @Override
        public void run() {
            String missing = "the store stopped";
            if (!stopped.getAsBoolean()) {
                try {
                    destination.deliver(mail, List.copyOf(stops), !lease.fresh(), results);
                    missing = "the destination did not say what became of it";
                } catch (DamagedMailException e) {
                    damage = e;
                    return;
                } catch (IOException | RuntimeException e) {
                    LOG.warn("{}: the attempt for {} broke off", mail.id(), recipients(), e);
                    missing = String.valueOf(e);
                }
            }
            results.silent(stops, missing);
        }

        private List<String> recipients() {
            return stops.stream()
                    .map(stop -> DeliveryLog.printable(
                            mail.envelope().recipients().get(stop.recipient()).toString()))
                    .toList();
        }
    }
}
