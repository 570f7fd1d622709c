// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postern.deploy.config.FarmConfig;
import org.postern.deploy.management.Check;
import org.postern.deploy.management.Operation;
import org.postern.smtpfront.Collaborators;
import org.postern.smtpfront.DrainReport;
import org.postern.smtpfront.FrontIdentity;
import org.postern.smtpfront.SmtpFront;
import org.postern.smtpfront.SmtpFrontConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The fronts of a node. Filled while it starts, by one thread; then any thread.
final class Fronts {
    private static final Logger LOG = LoggerFactory.getLogger(Fronts.class);
    private static final int WITHIN_DEFAULT_SECONDS = 60;
    private static final int WITHIN_MAX_SECONDS = 3600;

    private final SequencedMap<String, Front> byFarm = new TreeMap<>();
    private volatile boolean draining;

    /// @param smtp its SMTP side
    /// @param judge what judges its mail
    record Front(SmtpFront smtp, Judge judge) {}

    /// Starts the SMTP side of a farm.
    ///
    /// @throws ResourceException where it cannot listen
    static SmtpFront start(FrontIdentity identity, FarmConfig farm, SmtpFrontConfig config, Collaborators with) {
        String name = identity.farm();
        if (Filters.lacksVirusScanner(farm)) {
            LOG.warn(
                    "farm {}: {}; its mail is judged by {} only",
                    name,
                    NoVirusScanner.TEXT,
                    farm.filters().keySet());
        }
        try {
            return SmtpFront.start(identity, config, with);
        } catch (IOException e) {
            throw new ResourceException(
                    "farm " + name + ": " + e.getMessage() + "; it listens on "
                            + farm.listen().stream()
                                    .map(listener -> listener.address() + ":" + listener.port())
                                    .toList()
                            + ": stop what uses the port, or set another one under farms." + name + ".listen",
                    e);
        }
    }

    void add(String farm, Front front) {
        byFarm.put(farm, front);
    }

    SequencedMap<String, Front> byFarm() {
        return byFarm;
    }

    /// The fronts alone.
    Map<String, SmtpFront> smtp() {
        Map<String, SmtpFront> all = new TreeMap<>();
        byFarm.forEach((farm, front) -> all.put(farm, front.smtp()));
        return all;
    }

    /// Not ready any more from the moment at which draining begins, so that a balancer looks elsewhere.
    Check readiness() {
        return new Check(
                "fronts",
                () -> Check.ready(!draining, draining ? "drained; they take mail again after a restart" : ""));
    }

    /// Drains all of them at once.
    ///
    /// @param most how long mails under way may take
    List<DrainReport> drain(Duration most) {
        draining = true;
        List<DrainReport> reports = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<DrainReport>> all = byFarm.values().stream()
                    .map(front -> threads.submit(() -> front.smtp().drain(most)))
                    .toList();
            for (Future<DrainReport> each : all) {
                reports.add(each.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("draining failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return reports;
    }

    /// `postern drain`.
    Operation draining() {
        return new Operation("drain", (arguments, answer) -> {
            int within = seconds(arguments.getOrDefault("within", ""));
            answer.say("not ready any more, and no new connections; mails under way may take " + within + " s");
            for (DrainReport report : drain(Duration.ofSeconds(within))) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("farm", report.farm());
                row.put("sessions", report.sessions());
                row.put("handed over", report.handedOver());
                row.put("sessions broken off", report.sessionsBrokenOff());
                row.put("mails broken off", report.mailsBrokenOff());
                row.put("milliseconds", report.took().toMillis());
                answer.row(row);
            }
        });
    }

    private static int seconds(String text) {
        if (text.isEmpty()) {
            return WITHIN_DEFAULT_SECONDS;
        }
        if (!text.matches("\\d{1,4}") || Integer.parseInt(text) > WITHIN_MAX_SECONDS) {
            throw new IllegalArgumentException("within is 0 to " + WITHIN_MAX_SECONDS + " seconds, not " + text);
        }
        return Integer.parseInt(text);
    }
}
