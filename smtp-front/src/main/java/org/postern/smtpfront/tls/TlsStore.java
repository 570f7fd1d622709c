// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.tls;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.mail.Domain;
import org.postern.smtpfront.TlsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The TLS context of a farm, made anew when its files change. Any thread; the lock is held while files are read.
///
/// Sessions keep the context of their handshake. A file that cannot be used changes nothing but a meter and the log.
public final class TlsStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsStore.class);

    private final TlsConfig config;
    private final Domain hostname;
    private final String farm;
    private final Counter loaded;
    private final Counter kept;
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread watcher;
    private volatile TlsContext current;
    private volatile List<String> fingerprints;

    private TlsStore(TlsConfig config, Domain hostname, String farm, MeterRegistry meters) {
        this.config = config;
        this.hostname = hostname;
        this.farm = farm;
        this.fingerprints = fingerprints();
        this.current = TlsContext.create(config, hostname);
        this.loaded = counter("loaded", farm, meters);
        this.kept = counter("kept", farm, meters);
        Gauge.builder("postern.smtp.tls.expires", this, TlsStore::secondsLeft)
                .description("time until the first certificate ends")
                .tag("farm", farm)
                .baseUnit("seconds")
                .register(meters);
        this.watcher = Thread.ofVirtual().name("tls-files-" + farm).unstarted(this::watch);
    }

    private static Counter counter(String outcome, String farm, MeterRegistry meters) {
        return Counter.builder("postern.smtp.tls.reloads")
                .description("certificates read anew, or kept because the files could not be used")
                .tag("farm", farm)
                .tag("outcome", outcome)
                .register(meters);
    }

    /// Reads the files and begins to watch them. Throws [org.postern.core.config.ConfigException] with what is
    /// wrong with which file.
    public static TlsStore open(TlsConfig config, Domain hostname, String farm, MeterRegistry meters) {
        TlsStore store = new TlsStore(config, hostname, farm, meters);
        if (!config.files().isEmpty()) {
            store.watcher.start();
        }
        return store;
    }

    /// What new handshakes use.
    public TlsContext current() {
        return current;
    }

    /// Reads the files now.
    public TlsReload reload() {
        lock.lock();
        try {
            fingerprints = fingerprints();
            TlsContext next = TlsContext.create(config, hostname);
            current = next;
            loaded.increment();
            LOG.info("farm {}: {} certificates read, the first ends {}", farm, next.certificates(), next.expires());
            return new TlsReload.Loaded(next.certificates(), next.expires());
        } catch (RuntimeException e) {
            // A file nobody foresaw must not end the watching either.
            kept.increment();
            LOG.error("farm {}: the certificates stay as they were: {}", farm, e.getMessage());
            return new TlsReload.Kept(String.valueOf(e.getMessage()));
        } finally {
            lock.unlock();
        }
    }

    /// Certificate and key are two files: a change counts only when they look the same twice.
    private void watch() {
        List<String> before = fingerprints;
        try {
            while (true) {
                Thread.sleep(config.checkEvery());
                List<String> now = fingerprints();
                if (!now.equals(fingerprints) && now.equals(before)) {
                    var _ = reload();
                }
                before = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> fingerprints() {
        return config.files().stream().map(TlsStore::fingerprint).toList();
    }

    private static String fingerprint(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
        } catch (IOException e) {
            return "unreadable";
        }
    }

    private double secondsLeft() {
        return Duration.between(Instant.now(), current.expires()).toSeconds();
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
