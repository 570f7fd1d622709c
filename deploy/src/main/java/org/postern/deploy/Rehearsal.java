// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.postern.core.config.ConfigException;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsClient;
import org.postern.core.limits.Deadline;
import org.postern.delivery.handoff.HandoffClientConfig;
import org.postern.delivery.handoff.RemoteMailStores;
import org.postern.delivery.net.MutualTls;
import org.postern.delivery.net.MutualTlsConfig;
import org.postern.delivery.net.NamedHosts;
import org.postern.deploy.config.PosternConfig;
import org.postern.smtpfront.CertificateConfig;
import org.postern.smtpfront.TlsConfig;
import org.postern.smtpfront.auth.ScramDecoy;

/// What can be said of a configuration without starting it.
public final class Rehearsal {
    private Rehearsal() {}

    /// What a start would stumble over, beside what the records say themselves.
    public static List<String> problems(PosternConfig config) {
        List<String> problems = new ArrayList<>();
        Set<TlsConfig> tls = new LinkedHashSet<>();
        tls.add(config.tls());
        config.farms().forEach((name, farm) -> {
            farm.tls().ifPresent(tls::add);
            try {
                farm.smtp(config.tls());
                var _ = farm.classes();
            } catch (IllegalArgumentException e) {
                problems.add("farms." + name + ": " + e.getMessage());
            }
        });
        for (TlsConfig each : tls) {
            each.clientAuthorities().ifPresent(file -> certificate(file, problems));
            for (CertificateConfig files : each.certificates()) {
                certificate(files.certificate(), problems);
                if (!Files.isReadable(files.key())) {
                    problems.add("the key " + files.key()
                            + (Files.exists(files.key())
                                    ? " cannot be read by " + System.getProperty("user.name")
                                    : " is not there; see the settings tls"));
                }
            }
        }
        config.handoff().flatMap(HandoffClientConfig::tls).ifPresent(files -> handoffTls(files, problems));
        config.store().flatMap(store -> store.handoff().tls()).ifPresent(files -> handoffTls(files, problems));
        try {
            ScramDecoy _ = ScramDecoy.open(config.directory().scramDecoys());
        } catch (ConfigException e) {
            problems.add("directory.scram-decoys: " + e.getMessage());
        }
        try {
            plan(config).budget().check();
        } catch (ConfigException e) {
            problems.addAll(e.problems());
        }
        return problems;
    }

    private static void handoffTls(MutualTlsConfig files, List<String> problems) {
        try {
            MutualTls _ = new MutualTls(files);
        } catch (ConfigException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private static void certificate(Path file, List<String> problems) {
        try (InputStream in = Files.newInputStream(file)) {
            if (CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
                problems.add("the certificate " + file + " holds no certificate in PEM form");
            }
        } catch (NoSuchFileException e) {
            problems.add("the certificate " + file + " is not there; see the settings tls");
        } catch (IOException e) {
            problems.add("the certificate " + file + " cannot be read: " + e);
        } catch (CertificateException e) {
            problems.add("the certificate " + file + " is not one in PEM form: " + e.getMessage());
        }
    }

    /// The sum of the bounds of all roles that the file describes.
    ///
    /// @param all with a line for everything that it is made of
    public static List<String> budget(PosternConfig config, boolean all) {
        return plan(config).budget().lines(all);
    }

    private static Plan plan(PosternConfig config) {
        List<Role> roles = new ArrayList<>();
        config.farms().keySet().forEach(farm -> roles.add(new Role.Front(farm)));
        if (config.store().isPresent()) {
            roles.add(new Role.Store());
        }
        return Plan.of(config, roles);
    }

    /// Greets every store that fronts are told of, as a front does, and asks whether it takes mail. A plain QMQP server
    /// can only be connected to.
    public static void stores(PosternConfig config, Duration wait, Consumer<String> fine, Consumer<String> silent) {
        config.handoff().ifPresent(handoff -> {
            try (DnsClient dns = new DnsClient(config.dns(), new SimpleMeterRegistry())) {
                NamedHosts hosts = new NamedHosts(dns);
                for (HostAndPort store : handoff.stores()) {
                    try {
                        fine.accept("store " + store + ": " + probe(handoff, store, hosts, config.nodeName(), wait));
                    } catch (ConnectException e) {
                        silent.accept("store " + store + ": " + e.getMessage()
                                + "; is it running? \"postern store\" or \"postern all-in-one\" starts it");
                    } catch (IOException e) {
                        silent.accept("store " + store + ": " + e.getMessage());
                    }
                }
            }
        });
    }

    private static String probe(
            HandoffClientConfig handoff, HostAndPort store, NamedHosts hosts, String node, Duration wait)
            throws IOException {
        return switch (handoff.protocol()) {
            case POSTERN -> {
                try {
                    yield RemoteMailStores.probe(handoff, store, hosts, node, Deadline.in(wait));
                } catch (ConfigException e) {
                    throw new IOException(e.getMessage(), e);
                }
            }
            case QMQP -> {
                try (Socket _ = hosts.connect(store, Deadline.in(wait))) {
                    yield "takes connections";
                }
            }
        };
    }
}
