// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.postern.core.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rules that count now. They are replaced as a whole when the files changed and all of them can be read; else the
/// old ones stay. Any thread may look up; the lock is for replacing.
final class AccessLists implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLists.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final String farm;
    private final Counter refused;
    private final Object lock = new Object();
    private volatile AccessRules rules;
    private final Thread watcher;
    private List<Path> files;
    private List<String> loaded;
    private List<String> seen;

    /// Reads the files.
    ///
    /// @throws ConfigException with all problems where one cannot be used
    AccessLists(String farm, List<Path> files, MeterRegistry meters) {
        this.farm = farm;
        this.files = List.copyOf(files);
        this.loaded = fingerprints(files);
        this.seen = loaded;
        this.rules = AccessFile.read(files);
        this.refused = Counter.builder("postern.admission.lists.refused")
                .description("changed list files that could not be used; the old lists stay")
                .tag("farm", farm)
                .register(meters);
        meters.gauge(
                "postern.admission.lists.rules",
                List.of(io.micrometer.core.instrument.Tag.of("farm", farm)),
                this,
                lists -> lists.rules.size());
        this.watcher = Thread.ofVirtual().name("lists-" + farm).unstarted(this::run);
    }

    AccessRules rules() {
        return rules;
    }

    /// Looks after the files until this is closed.
    void watch() {
        watcher.start();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Reads files that changed since they were read, once they did not change between two looks: nobody wants half of
    /// a file that is being written.
    void look() {
        synchronized (lock) {
            List<String> now = fingerprints(files);
            boolean settled = now.equals(seen);
            seen = now;
            if (settled && !now.equals(loaded)) {
                // What cannot be used is not tried again until it changes.
                loaded = now;
                try {
                    var _ = prepare(files).getAsInt();
                } catch (ConfigException e) {
                    LOG.error("farm {}: the changed lists are not used: {}", farm, String.join("; ", e.problems()));
                }
            }
        }
    }

    /// Reads these files.
    ///
    /// @return uses them, and returns how many rules there are now
    /// @throws ConfigException with all problems; the old rules stay
    IntSupplier prepare(List<Path> newFiles) {
        List<String> now = fingerprints(newFiles);
        try {
            AccessRules read = AccessFile.read(newFiles);
            return () -> use(newFiles, now, read);
        } catch (ConfigException e) {
            refused.increment();
            throw e;
        }
    }

    private int use(List<Path> newFiles, List<String> fingerprints, AccessRules read) {
        synchronized (lock) {
            files = List.copyOf(newFiles);
            loaded = fingerprints;
            seen = fingerprints;
            rules = read;
            LOG.info("farm {}: {} rules from {} files", farm, read.size(), files.size());
            return read.size();
        }
    }

    private static List<String> fingerprints(List<Path> files) {
        List<String> all = new ArrayList<>();
        for (Path file : files) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                all.add(now.lastModifiedTime() + " " + now.size() + " " + Objects.toString(now.fileKey()));
            } catch (IOException e) {
                all.add(e.toString());
            }
        }
        return all;
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
