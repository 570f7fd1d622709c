// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.management;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HealthWatchTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(HealthWatch.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Check.Condition store = Check.ready(true, "");
    private final List<Check> checks = List.of(new Check("store", () -> store));

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    private List<String> lines() {
        return log.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    @Test
    void changedState_isOneLineWithItsCause_howeverOftenItIsLookedAt() {
        HealthWatch watch = new HealthWatch(checks);
        watch.look();
        store = Check.ready(false, "the disk is full");
        watch.look();
        store = Check.ready(false, "the disk is still full");
        watch.look();
        store = Check.working(false, "slow");
        watch.look();
        store = Check.ready(true, "");
        watch.look();
        watch.look();
        assertThat(lines())
                .containsExactly(
                        "ERROR store: not ready: the disk is full",
                        "WARN store: impaired: slow",
                        "INFO store: ok again");
    }

    @Test
    void whatIsWrongFromTheStart_isSaid() {
        store = Check.working(false, "unknown");
        new HealthWatch(checks).look();
        assertThat(lines()).containsExactly("WARN store: impaired: unknown");
    }

    @Test
    void meters_sayWhetherMailIsTakenIn_andWhichPartIsNotWell() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (HealthWatch _ = HealthWatch.start(checks, meters)) {
            assertThat(meters.get("postern.ready").gauge().value()).isEqualTo(1);
            store = Check.working(false, "slow");
            assertThat(meters.get("postern.ready").gauge().value()).isEqualTo(1);
            assertThat(meters.get("postern.health").tag("part", "store").gauge().value())
                    .isZero();
            store = Check.ready(false, "gone");
            assertThat(meters.get("postern.ready").gauge().value()).isZero();
        }
    }

    @Test
    void checkThatFails_isADefectInTheLog_andTheOthersAreLookedAt() {
        Check broken = new Check("broken", () -> {
            throw new IllegalStateException("x");
        });
        store = Check.ready(false, "gone");
        new HealthWatch(List.of(broken, checks.getFirst())).look();
        assertThat(lines())
                .containsExactly("ERROR broken cannot be looked at, which is a defect", "ERROR store: not ready: gone");
    }
}
