// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.management;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at all checks every second, on a thread of its own, and writes one line when the state of one changes, with
/// its cause. The meters `postern.ready` and `postern.health` say the same at any time: 1 is well, 0 is not.
public final class HealthWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    /// What is being started knows nothing yet, and is not wrong.
    private static final Duration FIRST = Duration.ofSeconds(3);

    private final List<Check> checks;
    private final Map<String, Check.State> before = new HashMap<>();
    private final Thread watcher;

    HealthWatch(List<Check> checks) {
        this.checks = List.copyOf(checks);
        this.watcher = Thread.ofVirtual().name("health").unstarted(this::watch);
    }

    public static HealthWatch start(List<Check> checks, MeterRegistry meters) {
        HealthWatch watch = new HealthWatch(checks);
        Gauge.builder("postern.ready", watch, each -> each.ready() ? 1 : 0)
                .description("whether mail is taken in, as /health/ready says")
                .register(meters);
        watch.checks.forEach(check -> Gauge.builder(
                        "postern.health", check, each -> each.now().state() == Check.State.OK ? 1 : 0)
                .description("whether a part of the server is well")
                .tag("part", check.name())
                .register(meters));
        watch.watcher.start();
        return watch;
    }

    private boolean ready() {
        return checks.stream().allMatch(check -> check.now().ready());
    }

    private void watch() {
        try {
            Thread.sleep(FIRST);
            while (true) {
                look();
                Thread.sleep(EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void look() {
        checks.forEach(this::lookAt);
    }

    private void lookAt(Check check) {
        try {
            Check.Condition now = check.now();
            Check.State last = before.put(check.name(), now.state());
            if (now.state() == (last == null ? Check.State.OK : last)) {
                return;
            }
            switch (now.state()) {
                case OK -> LOG.info("{}: ok again", check.name());
                case IMPAIRED -> LOG.warn("{}: {}", check.name(), now);
                case NOT_READY -> LOG.error("{}: {}", check.name(), now);
            }
        } catch (RuntimeException e) {
            LOG.error("{} cannot be looked at, which is a defect", check.name(), e);
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
