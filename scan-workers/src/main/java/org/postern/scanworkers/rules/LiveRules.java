// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.postern.core.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rules that hold now. A thread of its own looks at the file and takes it up as a whole when it has changed; a
/// file with any mistake changes nothing.
final class LiveRules implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveRules.class);
    private static final long FILE_MAX = 4L * 1024 * 1024;

    private final RuleSet builtIn;
    private final Optional<Path> file;
    private final Thread watch;
    private byte[] read = {};
    private int version;
    private volatile Current current;
    private volatile String trouble = "";

    /// One state of the rules.
    ///
    /// @param contentState see [org.postern.core.filter.Filter#contentState]
    record Current(RuleSet rules, List<String> contentPhrases, double lowestScore, Optional<String> contentState) {}

    /// Reads the file.
    ///
    /// @throws ConfigException when it cannot be used
    LiveRules(RulesConfig config, Optional<Path> file, MeterRegistry meters) {
        this.builtIn = config.builtIn() ? BuiltInRules.load() : RuleSet.EMPTY;
        this.file = file;
        this.current = file.map(path -> load(path, octets(path))).orElseGet(() -> state(builtIn));
        Gauge.builder(
                        "postern.rules.loaded",
                        this,
                        rules -> rules.current().rules().size())
                .description("rules that hold now")
                .register(meters);
        Gauge.builder("postern.rules.file.refused", this, rules -> rules.trouble.isEmpty() ? 0 : 1)
                .description("1 while the rule file has mistakes and the rules from before hold")
                .register(meters);
        this.watch = Thread.ofVirtual().name("rules-watch").unstarted(() -> watch(config));
        if (file.isPresent() && config.reloadInterval().isPositive()) {
            watch.start();
        }
    }

    Current current() {
        return current;
    }

    /// What is wrong with the file as it is now; empty where it holds.
    String trouble() {
        return trouble;
    }

    private void watch(RulesConfig config) {
        try {
            while (true) {
                Thread.sleep(config.reloadInterval());
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes the file up if it differs from what was read last. Called by one thread at a time.
    void look() {
        Path path = file.orElseThrow();
        try {
            byte[] octets = octets(path);
            if (!Arrays.equals(octets, read)) {
                current = load(path, octets);
                trouble = "";
                LOG.info(
                        "rules: {} was taken up, {} rules hold",
                        path,
                        current.rules().size());
            } else if (!trouble.isEmpty()) {
                trouble = "";
                LOG.info("rules: {} is again as it was taken up", path);
            }
        } catch (ConfigException e) {
            String now = String.join("; ", e.problems());
            if (!now.equals(trouble)) {
                trouble = now;
                LOG.warn("rules: {} is not taken up, the rules from before hold: {}", path, now);
            }
        }
    }

    private Current load(Path path, byte[] octets) {
        RuleSet own = RuleFile.parse(path.toString(), new String(octets, StandardCharsets.UTF_8), builtIn.symbols());
        read = octets;
        return state(builtIn.plus(own));
    }

    private Current state(RuleSet rules) {
        String state = "rules as loaded for the " + ++version + ". time";
        return new Current(
                rules,
                rules.contentPhrases(),
                rules.lowestScore(),
                rules.ofContentOnly() ? Optional.of(state) : Optional.empty());
    }

    private static byte[] octets(Path path) {
        try {
            if (Files.size(path) > FILE_MAX) {
                throw new ConfigException(path + ": a rule file has at most 4 MiB");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new ConfigException(path + ": this rule file cannot be read (" + e + "); check path and rights");
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
