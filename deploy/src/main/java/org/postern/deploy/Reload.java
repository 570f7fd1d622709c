// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postern.core.config.ConfigDiff;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigSection;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.FilterFactory;
import org.postern.deploy.config.FarmConfig;
import org.postern.deploy.config.PosternConfig;
import org.postern.deploy.management.Operation;
import org.postern.scanworkers.BuiltInFilters;
import org.postern.smtpfront.tls.TlsReload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts a changed configuration to use without a restart, as far as that goes: the policy of a farm, its
/// lists, its certificates. Either all of it is valid and counts from the next mail on, or nothing changes
/// but certificates whose files can be used: fronts take those over by themselves as well. One at a time.
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);
    private static final Pattern LIVE =
            Pattern.compile("farms\\.[^.]+\\.(?:thresholds|recipient-policies|filters|admission\\.lists)(?:\\..*)?");

    private final Fronts fronts;
    private final PosternConfig started;
    private PosternConfig current;

    Reload(PosternConfig started, Fronts fronts) {
        this.started = started;
        this.current = started;
        this.fronts = fronts;
    }

    /// What a reload came to.
    ///
    /// @param changed what counts from now on
    /// @param waiting what differs from what this process was started with, and needs a restart
    record Report(List<String> changed, List<String> waiting) {}

    /// @throws ConfigException with all problems; nothing was changed then
    synchronized Report apply(PosternConfig next) {
        List<String> problems = new ArrayList<>(Rehearsal.problems(next));
        Map<String, FarmPolicy> policies = new LinkedHashMap<>();
        Map<String, IntSupplier> lists = new LinkedHashMap<>();
        fronts.byFarm().forEach((name, front) -> {
            FarmConfig farm = next.farms().get(name);
            if (farm == null) {
                problems.add("farms." + name + " runs here and is missing: a farm ends with its process");
                return;
            }
            attempt(problems, () -> {
                FarmPolicy policy = Filters.policy(name, farm);
                front.judge().check(policy);
                policies.put(name, policy);
            });
            attempt(
                    problems,
                    () -> lists.put(
                            name, front.smtp().prepareLists(farm.admission().lists())));
        });
        if (problems.isEmpty()) {
            certificates(problems);
        }
        if (!problems.isEmpty()) {
            LOG.error("reload: nothing was changed: {}", String.join("; ", problems));
            throw new ConfigException(problems);
        }
        return use(next, policies, lists);
    }

    private static void attempt(List<String> problems, Runnable what) {
        try {
            what.run();
        } catch (ConfigException e) {
            problems.addAll(e.problems());
        }
    }

    private void certificates(List<String> problems) {
        fronts.smtp().forEach((name, front) -> {
            if (front.reloadCertificates() instanceof TlsReload.Kept(String problem)) {
                problems.add("farm " + name + ": " + problem);
            }
        });
    }

    private Report use(PosternConfig next, Map<String, FarmPolicy> policies, Map<String, IntSupplier> lists) {
        List<String> changed = new ArrayList<>(differences(current, next).stream()
                .filter(diff -> LIVE.matcher(diff.path()).matches())
                .map(ConfigDiff::toString)
                .toList());
        List<String> waiting = differences(started, next).stream()
                .filter(diff -> !LIVE.matcher(diff.path()).matches())
                .map(ConfigDiff::toString)
                .toList();
        fronts.byFarm().forEach((name, front) -> {
            FarmConfig farm = next.farms().get(name);
            FarmPolicy policy = policies.get(name);
            IntSupplier rules = lists.get(name);
            if (farm != null && policy != null && rules != null) {
                front.judge().judgeBy(policy, farm.classes());
                int count = rules.getAsInt();
                if (!farm.admission().lists().isEmpty()) {
                    changed.add("farm " + name + ": " + count + " rules in its lists");
                }
            }
        });
        current = next;
        changed.forEach(line -> LOG.info("reload: {}", line));
        waiting.forEach(line -> LOG.warn("reload: needs a restart: {}", line));
        return new Report(changed, waiting);
    }

    /// Of farms that do not run here, and of engines nobody uses here, no difference counts.
    private List<ConfigDiff> differences(PosternConfig before, PosternConfig after) {
        List<ConfigDiff> all = new ArrayList<>(ConfigDiff.between(before, after).stream()
                .filter(diff -> !diff.path().startsWith("farms.")
                        || fronts.byFarm().containsKey(diff.path().split("\\.")[1]))
                .toList());
        for (FilterFactory<?> factory : BuiltInFilters.factories()) {
            all.addAll(engine(
                    factory,
                    before.engines().get(factory.name()),
                    after.engines().get(factory.name())));
        }
        return all;
    }

    private static <C extends Record> List<ConfigDiff> engine(
            FilterFactory<C> factory, @Nullable ConfigSection before, @Nullable ConfigSection after) {
        String path = "engines." + factory.name();
        if (before == null && after == null) {
            return List.of();
        }
        if (before == null) {
            return List.of(new ConfigDiff(path, "not configured", "configured"));
        }
        if (after == null) {
            return List.of(new ConfigDiff(path, "configured", "not configured"));
        }
        return ConfigDiff.between(path, before.as(factory.settings()), after.as(factory.settings()));
    }

    /// `postern reload`.
    ///
    /// @param again reads the configuration anew
    Operation operation(Supplier<PosternConfig> again) {
        return new Operation("reload", (_, answer) -> {
            Report report;
            try {
                report = apply(again.get());
            } catch (ConfigException e) {
                e.problems().forEach(answer::say);
                throw new IllegalStateException("nothing was changed: the configuration has "
                        + (e.problems().size() == 1 ? "a problem" : e.problems().size() + " problems"));
            }
            report.changed().forEach(answer::say);
            report.waiting().forEach(line -> answer.say("needs a restart: " + line));
            if (report.changed().isEmpty() && report.waiting().isEmpty()) {
                answer.say("no setting differs from what runs; certificates and lists were read again");
            }
        });
    }
}
