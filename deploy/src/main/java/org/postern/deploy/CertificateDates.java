// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import org.postern.delivery.handoff.HandoffClientConfig;
import org.postern.delivery.net.MutualTlsConfig;
import org.postern.deploy.config.FarmConfig;
import org.postern.deploy.config.PosternConfig;
import org.postern.deploy.management.Check;
import org.postern.smtpfront.CertificateConfig;

/// When the certificates that were written into files end: those of listeners, and those between fronts and stores.
/// Any thread.
public final class CertificateDates {
    /// From when on it is said that one ends soon.
    private static final Duration SOON = Duration.ofDays(14);

    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

    private final SequencedSet<Path> files;
    private final InstantSource clock;
    private Instant looked = Instant.MIN;
    private List<Dated> dates = List.of();

    /// @param problem why it cannot be said; empty where it can
    private record Dated(Path file, Instant starts, Instant ends, String problem) {}

    CertificateDates(Collection<Path> files, InstantSource clock) {
        this.files = new LinkedHashSet<>(files);
        this.clock = clock;
    }

    /// Those of a whole configuration.
    public static CertificateDates of(PosternConfig config) {
        return of(config, config.farms().values(), true, true);
    }

    /// Those that some roles use.
    ///
    /// @param client whether mail is handed to stores over the network
    /// @param server whether a store runs
    static CertificateDates of(PosternConfig config, Collection<FarmConfig> farms, boolean client, boolean server) {
        SequencedSet<Path> files = new LinkedHashSet<>();
        farms.forEach(farm -> farm.tls().orElse(config.tls()).certificates().stream()
                .map(CertificateConfig::certificate)
                .forEach(files::add));
        Optional<MutualTlsConfig> handing = config.handoff().filter(_ -> client).flatMap(HandoffClientConfig::tls);
        handing.map(MutualTlsConfig::certificate).ifPresent(files::add);
        Optional<MutualTlsConfig> taking = config.store()
                .filter(_ -> server)
                .flatMap(store -> store.handoff().tls());
        taking.map(MutualTlsConfig::certificate).ifPresent(files::add);
        return new CertificateDates(files, InstantSource.system());
    }

    /// What an administrator should know of them; nothing where there are none. Files are read once in a minute.
    Check check() {
        return new Check("certificates", () -> {
            List<String> trouble = trouble();
            return Check.working(trouble.isEmpty(), String.join("; ", trouble));
        });
    }

    public boolean isEmpty() {
        return files.isEmpty();
    }

    /// A line for each that has ended, ends soon or cannot be read.
    public List<String> trouble() {
        Instant now = clock.instant();
        List<String> trouble = new ArrayList<>();
        for (Dated each : dates(now)) {
            if (!each.problem().isEmpty()) {
                trouble.add(each.file() + " " + each.problem());
            } else if (!now.isBefore(each.ends())) {
                trouble.add(each.file() + " ended " + each.ends() + ": who verifies it hangs up; put a new one in its"
                        + " place, it is used without a restart");
            } else if (now.isBefore(each.starts())) {
                trouble.add(each.file() + " counts from " + each.starts() + " on only: who verifies it hangs up");
            } else if (now.plus(SOON).isAfter(each.ends())) {
                trouble.add(each.file() + " ends " + each.ends() + ", in "
                        + Duration.between(now, each.ends()).toDays() + " days: renew it");
            }
        }
        return trouble;
    }

    /// A line for each: when it ends.
    public List<String> lines() {
        return dates(clock.instant()).stream()
                .filter(each -> each.problem().isEmpty())
                .map(each -> "certificate " + each.file() + ": ends " + each.ends())
                .toList();
    }

    private synchronized List<Dated> dates(Instant now) {
        if (looked.equals(Instant.MIN) || Duration.between(looked, now).compareTo(LOOK_AGAIN) >= 0) {
            looked = now;
            dates = files.stream().map(CertificateDates::read).toList();
        }
        return dates;
    }

    /// The first certificate of a file is the server's own (RFC 8446 section 4.4.2).
    private static Dated read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                if (each instanceof X509Certificate own) {
                    return new Dated(
                            file,
                            own.getNotBefore().toInstant(),
                            own.getNotAfter().toInstant(),
                            "");
                }
            }
            return new Dated(file, Instant.MIN, Instant.MAX, "holds no certificate");
        } catch (IOException | CertificateException e) {
            return new Dated(file, Instant.MIN, Instant.MAX, "cannot be read: " + e);
        }
    }
}
