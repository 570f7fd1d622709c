// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is known of the signatures of one clamd, and the alarm when they are old. Written by its probe, and by whoever
/// has it reload; read by many.
final class Signatures {
    private static final Logger LOG = LoggerFactory.getLogger(Signatures.class);

    private final String backend;
    private final Duration ageMax;
    private volatile ClamdVersion version = ClamdVersion.parse("version not asked yet");
    private volatile Optional<String> state = Optional.empty();
    private volatile boolean stale;
    private long generation;

    Signatures(String backend, Duration ageMax) {
        this.backend = backend;
        this.ageMax = ageMax;
    }

    void register(MeterRegistry meters) {
        Gauge.builder(
                        "postern.clamav.signatures.version",
                        () -> version.signatures().isPresent()
                                ? version.signatures().getAsInt()
                                : Double.NaN)
                .description("version of the official signatures; NaN where it is not known")
                .tags("backend", backend)
                .strongReference(true)
                .register(meters);
        TimeGauge.builder(
                        "postern.clamav.signatures.age",
                        () -> age().map(Duration::toMillis)
                                .map(Long::doubleValue)
                                .orElse(Double.NaN),
                        TimeUnit.MILLISECONDS)
                .description("age of the official signatures; NaN where it is not known")
                .tags("backend", backend)
                .strongReference(true)
                .register(meters);
        Gauge.builder("postern.clamav.signatures.stale", () -> stale ? 1 : 0)
                .description("1 while the signatures are older than signatures-age-max")
                .tags("backend", backend)
                .strongReference(true)
                .register(meters);
    }

    /// Takes up what clamd said; sounds the alarm once.
    synchronized void learn(ClamdVersion now) {
        version = now;
        state = Optional.of(now.text() + " #" + generation);
        boolean old = age().map(age -> age.compareTo(ageMax) > 0).orElse(false);
        boolean before = stale;
        stale = old;
        if (old && !before) {
            LOG.warn("clamd {}: {}; look after its freshclam", backend, description());
        } else if (!old && before) {
            LOG.info("clamd {}: {}", backend, description());
        }
    }

    synchronized void unknown(String why) {
        version = ClamdVersion.parse("version unknown (" + why + ")");
        state = Optional.empty();
    }

    /// It reads them again, or was gone and may have others: what it said before holds no more.
    synchronized void forget() {
        generation++;
        state = Optional.empty();
    }

    /// Different whenever it may find something else than before; empty while that is not known.
    Optional<String> state() {
        return state;
    }

    String text() {
        return version.text();
    }

    private Optional<Duration> age() {
        return version.made().map(made -> Duration.between(made, Instant.now()));
    }

    /// In one line, for people.
    String description() {
        ClamdVersion now = version;
        String age = age().map(
                        time -> time.toHours() >= 48 ? time.toDays() + " days old" : time.toHours() + " hours old")
                .orElse("of unknown age");
        return now.text()
                + (now.signatures().isPresent() ? " (signatures " + age + ")" : "")
                + (stale ? ", ALARM: older than " + ageMax.toHours() + " hours" : "");
    }
}
