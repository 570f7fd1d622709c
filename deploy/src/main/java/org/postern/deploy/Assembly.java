// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.postern.core.config.ConfigException;
import org.postern.core.directory.Directory;
import org.postern.core.dns.DnsClient;
import org.postern.core.dns.DnsResolver;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Filter;
import org.postern.core.handoff.MailStore;
import org.postern.core.sending.AccountQuotas;
import org.postern.core.sending.HabitAssessor;
import org.postern.core.sending.SendingHabits;
import org.postern.core.telemetry.DecisionLog;
import org.postern.core.telemetry.JsonDecisionLog;
import org.postern.delivery.MailStores;
import org.postern.delivery.Store;
import org.postern.delivery.StoreIdentity;
import org.postern.delivery.signing.SigningMailStore;
import org.postern.deploy.config.FarmConfig;
import org.postern.deploy.config.PosternConfig;
import org.postern.deploy.management.Check;
import org.postern.deploy.management.ControlSocket;
import org.postern.deploy.management.HealthWatch;
import org.postern.deploy.management.ManagementServer;
import org.postern.deploy.management.Operation;
import org.postern.scanworkers.pipeline.ScanPipeline;
import org.postern.smtpfront.Collaborators;
import org.postern.smtpfront.FrontIdentity;
import org.postern.smtpfront.SmtpFront;
import org.postern.smtpfront.auth.ScramDecoy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the parts of a node in the order in which they need each other. The list of parts is [#start].
final class Assembly {
    private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);

    private final PosternConfig config;
    private final Path folder;
    private final Parts parts = new Parts();
    private final SequencedMap<String, List<InetSocketAddress>> addresses = new LinkedHashMap<>();
    private final List<Check> checks = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private final Fronts fronts = new Fronts();
    private final Reload reload;

    private Assembly(PosternConfig config, Path folder) {
        this.config = config;
        this.folder = folder;
        this.reload = new Reload(config, fronts);
    }

    /// What runs: the parts to close, where they listen, and what can be asked of the fronts.
    record Running(
            Parts parts, SequencedMap<String, List<InetSocketAddress>> addresses, Fronts fronts, Reload reload) {}

    /// Starts the roles; when one part cannot start, those before it are closed again.
    ///
    /// @param again reads the configuration anew, for `postern reload`
    static Running start(PosternConfig config, Path folder, Supplier<PosternConfig> again, List<Role> roles) {
        Assembly assembly = new Assembly(config, folder);
        assembly.operations.add(assembly.reload.operation(again));
        boolean started = false;
        try {
            assembly.start(Plan.of(config, roles), Role.names(roles));
            started = true;
            return new Running(assembly.parts, assembly.addresses, assembly.fronts, assembly.reload);
        } finally {
            if (!started) {
                assembly.parts.close();
            }
        }
    }

    private void start(Plan plan, String server) {
        plan.budget().check();
        Path temp = tempFolder(config.tempFolder());
        PrometheusMeterRegistry meters = parts.add("meters", new Meters()).registry();
        DecisionLog decisions =
                config.logging().decisions() ? parts.add("decision log", new JsonDecisionLog(meters)) : decision -> {};
        DnsClient dns = parts.add("dns", new DnsClient(config.dns(), meters));
        Directory directory = parts.add("directory", Directories.open(config.directory(), meters, checks));
        Optional<Store> store =
                plan.store().map(settings -> parts.add("store", startStore(plan, directory, dns, meters)));
        if (!plan.farms().isEmpty()) {
            MailStore mailStore = parts.add("handoff", mailStore(store, directory, dns, meters));
            Filters filters =
                    parts.add("filters", Filters.create(config, plan.farms().values(), folder, temp, meters, dns));
            operations.addAll(SignatureOperations.of(filters.all()));
            filters.all().forEach(this::showHealth);
            AccountQuotas quotas = parts.add("sending quotas", new AccountQuotas(config.sending(), meters));
            SendingHabits habits = new SendingHabits(config.sending().habit(), meters);
            operations.addAll(Directories.operations(habits));
            ScramDecoy decoy = ScramDecoy.open(config.directory().scramDecoys());
            plan.farms().forEach((name, farm) -> {
                FarmPolicy policy = Filters.policy(name, farm);
                ScanPipeline pipeline = parts.add(
                        "pipeline of " + name,
                        new ScanPipeline(policy.lenient(farm.classes()), filters.all(), farm.scanning(), meters));
                Judge judge = new Judge(pipeline, policy, farm.classes());
                SmtpFront front = parts.add(
                        "front " + name,
                        Fronts.start(
                                new FrontIdentity(config.nodeName(), name, config.hostName(), temp),
                                farm,
                                farm.smtp(config.tls()),
                                new Collaborators(
                                        directory,
                                        new HabitAssessor(judge, habits),
                                        signing(farm, mailStore, meters),
                                        decisions,
                                        meters,
                                        Optional.empty(),
                                        quotas,
                                        decoy)));
                fronts.add(name, new Fronts.Front(front, judge));
            });
            checks.add(fronts.readiness());
            operations.add(fronts.draining());
            fronts.smtp().forEach((name, front) -> addresses.put(name, front.addresses()));
            operations.add(Certificates.reload(fronts.smtp()));
        }
        CertificateDates certificates =
                CertificateDates.of(config, plan.farms().values(), store.isEmpty(), store.isPresent());
        if (!certificates.isEmpty()) {
            checks.add(certificates.check());
        }
        parts.add("health", HealthWatch.start(checks, meters));
        if (config.management().enabled()) {
            ManagementServer management = parts.add(
                    "management", ManagementServer.start(config.management().listen(), meters::scrape, checks));
            addresses.put("management", List.of(management.address()));
        }
        operations.addAll(Directories.operations(directory));
        operations.add(Status.of(server, addresses, checks));
        startControl(server);
    }

    /// Shown, but no condition of readiness: a front whose scanners are gone answers 451 by its policy,
    /// and one that was taken out of the balancer would not even do that.
    private void showHealth(Filter filter) {
        if (!filter.health().description().isEmpty()) {
            checks.add(new Check("filter " + filter.name(), () -> {
                Filter.FilterStatus health = filter.health();
                return Check.working(health.usable(), health.description());
            }));
        }
    }

    /// Without it the server serves all the same.
    private void startControl(String name) {
        try {
            parts.add("control", ControlSocket.start(config.controlFolder(), name, operations));
        } catch (IOException e) {
            LOG.warn(
                    "the postern command cannot reach this server: no socket in {} ({}); a path longer than 100"
                            + " octets does not work, see management.control-folder",
                    config.controlFolder(),
                    e.toString());
        }
    }

    private Store startStore(Plan plan, Directory directory, DnsResolver dns, PrometheusMeterRegistry meters) {
        try {
            Store store = Store.start(
                    plan.store().orElseThrow(),
                    new StoreIdentity(config.nodeName(), config.hostName()),
                    directory,
                    dns,
                    meters);
            addresses.put("handoff", store.handoffAddresses());
            addresses.put("qmqp", store.qmqpAddresses());
            operations.addAll(QueueOperations.of(store.queue()));
            operations.addAll(QuarantineOperations.of(store.quarantine()));
            checks.addAll(StoreChecks.of(store));
            return store;
        } catch (ConfigException e) {
            // The settings themselves were right: what failed is a folder or a port.
            throw new ResourceException(String.valueOf(e.getMessage()), e);
        }
    }

    /// Submitted mail is completed and signed on its way to the store.
    private MailStore signing(FarmConfig farm, MailStore mailStore, PrometheusMeterRegistry meters) {
        return farm.signing().isEmpty()
                ? mailStore
                : new SigningMailStore(mailStore, farm.signing().get(), config.hostName(), meters);
    }

    private MailStore mailStore(
            Optional<Store> store, Directory directory, DnsResolver dns, PrometheusMeterRegistry meters) {
        MailStore mailStore = store.map(Store::localMailStore)
                .orElseGet(() -> MailStores.connect(
                        config.handoff()
                                .orElseThrow(() -> new ConfigException("a front needs a store: set handoff with stores,"
                                        + " for example handoff: { stores: [127.0.0.1:2629] }")),
                        config.nodeName(),
                        directory,
                        dns,
                        meters));
        checks.add(new Check("handoff", () -> {
            MailStore.Availability now = mailStore.availability();
            return Check.ready(now.available(), now.detail());
        }));
        return mailStore;
    }

    private static Path tempFolder(Path temp) {
        try {
            Files.createDirectories(temp);
            Path probe = Files.createTempFile(temp, "probe", null);
            Files.delete(probe);
            // Before Netty is loaded: where it unpacks its native library, for /tmp may be noexec.
            System.setProperty("io.netty.native.workdir", temp.toAbsolutePath().toString());
            return temp;
        } catch (IOException e) {
            throw new ResourceException(
                    "temp-folder " + temp + " cannot be written to (" + e + "): give it to the user that runs Postern,"
                            + " or set temp-folder to another folder",
                    e);
        }
    }
}
