// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.core.config.CidrBlock;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.core.config.HostAndPort;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;
import org.postern.delivery.handoff.HandoffClientConfig;
import org.postern.delivery.handoff.HandoffServerConfig;
import org.postern.delivery.maildir.LineEndings;
import org.postern.delivery.maildir.MaildirConfig;
import org.postern.delivery.net.MutualTlsConfig;
import org.postern.delivery.quarantine.QuarantineConfig;
import org.postern.delivery.schedule.DeliveryConfig;
import org.postern.delivery.spool.SpoolConfig;

/// The settings of the store and of the handoff: what they are where nothing is written, that each can be
/// written, and where their bounds are.
class StoreConfigTest {
    private static final Path FOLDER = Path.of("/etc");

    private static <C extends Record> C parse(String yaml, Class<C> type) {
        return ConfigFile.parse("postern.yaml", FOLDER, yaml, List.of(), type);
    }

    @Test
    void spool_whenNothingIsWritten_hasTheDefaults() {
        assertThat(parse("{}", SpoolConfig.class))
                .isEqualTo(SpoolConfig.in(FOLDER.resolve("spool")))
                .isEqualTo(new SpoolConfig(
                        Path.of("/etc/spool"),
                        ByteSize.ofMiB(100),
                        ByteSize.ofMiB(256),
                        10_000,
                        ByteSize.ofMiB(16),
                        1_000_000,
                        Duration.ofHours(24),
                        Duration.ofDays(7),
                        300_000,
                        List.of(),
                        8));
    }

    @Test
    void spool_canAllBeSet() {
        assertThat(parse("""
                        folder: /var/spool/postern
                        message-max: 2KiB
                        free-space-min: 3MiB
                        free-files-min: 4
                        reserve: 5KiB
                        mails-max: 6
                        remember-ids: 7h
                        remember-unproven: 8h
                        remember-max: 10001
                        recognise-nothing-for: [example.net]
                        sync-threads: 9
                        """, SpoolConfig.class))
                .isEqualTo(new SpoolConfig(
                        Path.of("/var/spool/postern"),
                        ByteSize.ofKiB(2),
                        ByteSize.ofMiB(3),
                        4,
                        ByteSize.ofKiB(5),
                        6,
                        Duration.ofHours(7),
                        Duration.ofHours(8),
                        10_001,
                        List.of(new Domain("example.net")),
                        9));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "message-max: 1KiB | message-max: 1023B",
                "message-max: 2GiB | message-max: 3GiB",
                "free-files-min: 0 | free-files-min: -1",
                "reserve: 1GiB | reserve: 2GiB",
                "mails-max: 1 | mails-max: 0",
                "mails-max: 10000000 | mails-max: 10000001",
                "remember-ids: 1h | remember-ids: 59m",
                "remember-ids: 30d | remember-ids: 721h",
                "remember-unproven: 30d | remember-unproven: 721h",
                "remember-max: 10000 | remember-max: 9999",
                "remember-max: 100000000 | remember-max: 100000001",
                "sync-threads: 64 | sync-threads: 65",
                "sync-threads: 1 | sync-threads: 0"
            })
    void spool_takesItsBounds_andNothingBeyond(String taken, String refused) {
        assertThat(parse(taken, SpoolConfig.class).folder()).isEqualTo(FOLDER.resolve("spool"));
        assertThatThrownBy(() -> parse(refused, SpoolConfig.class)).isInstanceOf(ConfigException.class);
    }

    @Test
    void handoffServer_whenNothingIsWritten_hasTheDefaults() {
        assertThat(parse("{}", HandoffServerConfig.class))
                .isEqualTo(HandoffServerConfig.on())
                .isEqualTo(new HandoffServerConfig(
                        List.of(),
                        List.of(CidrBlock.parse("127.0.0.0/8"), CidrBlock.parse("::1")),
                        500,
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(4),
                        500,
                        64,
                        Optional.empty()));
    }

    private static final String TLS =
            "{ certificate: a.pem, key: a.key, authorities: ca.pem, names: [MX1.example.org] }";
    private static final MutualTlsConfig READ = new MutualTlsConfig(
            Path.of("/etc/a.pem"), Path.of("/etc/a.key"), Path.of("/etc/ca.pem"), List.of("mx1.example.org"));

    @Test
    void handoffServer_canAllBeSet() {
        assertThat(parse("""
                        listen: ["127.0.0.1:1"]
                        allow: [10.0.0.0/24]
                        connections-max: 2
                        idle-timeout: 3s
                        mail-timeout: 4s
                        data-rate-min: 5
                        mails-per-front-max: 6
                        tls:\s""" + TLS, HandoffServerConfig.class))
                .isEqualTo(new HandoffServerConfig(
                        List.of(new HostAndPort("127.0.0.1", 1)),
                        List.of(CidrBlock.parse("10.0.0.0/24")),
                        2,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        5,
                        6,
                        Optional.of(READ)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "connections-max: 10000 | connections-max: 10001",
                "connections-max: 1 | connections-max: 0",
                "idle-timeout: 1h | idle-timeout: 61m",
                "mail-timeout: 1h | mail-timeout: 61m",
                "data-rate-min: 1000000 | data-rate-min: 1000001",
                "data-rate-min: 0 | data-rate-min: -1",
                "mails-per-front-max: 1000 | mails-per-front-max: 1001",
                "mails-per-front-max: 1 | mails-per-front-max: 0"
            })
    void handoffServer_takesItsBounds_andNothingBeyond(String taken, String refused) {
        assertThat(parse(taken, HandoffServerConfig.class).listen()).isEmpty();
        assertThatThrownBy(() -> parse(refused, HandoffServerConfig.class)).isInstanceOf(ConfigException.class);
    }

    private static final String STORES = "stores: [\"store1:2629\"]\n";

    @Test
    void handoffClient_whenOnlyTheStoresAreWritten_hasTheDefaults() {
        HostAndPort store = new HostAndPort("store1", 2629);
        assertThat(parse(STORES, HandoffClientConfig.class))
                .isEqualTo(HandoffClientConfig.to(HandoffClientConfig.Protocol.POSTERN, store))
                .isEqualTo(new HandoffClientConfig(
                        List.of(store),
                        HandoffClientConfig.Protocol.POSTERN,
                        Duration.ofSeconds(3),
                        64,
                        Duration.ofMinutes(1),
                        HandoffClientConfig.QmqpLineEndings.LF,
                        Optional.empty(),
                        Optional.empty()));
        assertThatThrownBy(() -> parse("{}", HandoffClientConfig.class)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> parse("stores: []", HandoffClientConfig.class)).isInstanceOf(ConfigException.class);
    }

    @Test
    void handoffClient_canAllBeSet() {
        String rest = """
                connect-timeout: 1s
                connections-max: 2
                idle-timeout: 3s
                qmqp-line-endings: keep
                quarantine-address: q@example.org
                """;
        assertThat(parse(STORES + rest + "protocol: qmqp\n", HandoffClientConfig.class)
                        .protocol())
                .isEqualTo(HandoffClientConfig.Protocol.QMQP);
        assertThat(parse(STORES + rest + "tls: " + TLS, HandoffClientConfig.class))
                .isEqualTo(new HandoffClientConfig(
                        List.of(new HostAndPort("store1", 2629)),
                        HandoffClientConfig.Protocol.POSTERN,
                        Duration.ofSeconds(1),
                        2,
                        Duration.ofSeconds(3),
                        HandoffClientConfig.QmqpLineEndings.KEEP,
                        Optional.of(MailAddress.parse("q@example.org")),
                        Optional.of(READ)));
        assertThatThrownBy(() -> parse(STORES + "protocol: qmqp\ntls: " + TLS, HandoffClientConfig.class))
                .isInstanceOf(ConfigException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "connect-timeout: 1m | connect-timeout: 61s",
                "connections-max: 1000 | connections-max: 1001",
                "connections-max: 1 | connections-max: 0",
                "idle-timeout: 1h | idle-timeout: 61m"
            })
    void handoffClient_takesItsBounds_andNothingBeyond(String taken, String refused) {
        assertThat(parse(STORES + taken, HandoffClientConfig.class).stores()).hasSize(1);
        assertThatThrownBy(() -> parse(STORES + refused, HandoffClientConfig.class))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void mutualTls_namesNobodyUnlessTold_andNeedsItsFiles() {
        assertThat(parse("{ certificate: a.pem, key: a.key, authorities: ca.pem }", MutualTlsConfig.class))
                .isEqualTo(new MutualTlsConfig(
                        Path.of("/etc/a.pem"), Path.of("/etc/a.key"), Path.of("/etc/ca.pem"), List.of()));
        assertThat(parse(TLS, MutualTlsConfig.class)).isEqualTo(READ);
        assertThatThrownBy(() -> parse("{ certificate: a.pem, key: a.key }", MutualTlsConfig.class))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void maildirAndQuarantine_haveTheirDefaults_andCanAllBeSet() {
        assertThat(parse("{}", MaildirConfig.class))
                .isEqualTo(MaildirConfig.in(FOLDER.resolve("mail")))
                .isEqualTo(new MaildirConfig(
                        Path.of("/etc/mail"),
                        LineEndings.KEEP,
                        MaildirConfig.OverQuota.TEMPORARY,
                        MaildirConfig.ForeignFolders.REFUSE));
        assertThat(parse(
                        "{ folder: box, line-endings: lf, over-quota: permanent, foreign-folders: warn }",
                        MaildirConfig.class))
                .isEqualTo(new MaildirConfig(
                        Path.of("/etc/box"),
                        LineEndings.LF,
                        MaildirConfig.OverQuota.PERMANENT,
                        MaildirConfig.ForeignFolders.WARN));
        assertThat(parse("{}", QuarantineConfig.class))
                .isEqualTo(QuarantineConfig.in(FOLDER.resolve("quarantine")))
                .isEqualTo(new QuarantineConfig(Path.of("/etc/quarantine"), Duration.ofDays(30)));
        assertThat(parse("{ folder: q, keep: 2d }", QuarantineConfig.class))
                .isEqualTo(new QuarantineConfig(Path.of("/etc/q"), Duration.ofDays(2)));
        for (String keep : List.of("59m", "3651d")) {
            assertThatThrownBy(() -> parse("keep: " + keep, QuarantineConfig.class))
                    .isInstanceOf(ConfigException.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry-max: 1d | retry-max: 25h",
                "expiry: 30d | expiry: 721h",
                "warn-after: 30d | warn-after: 721h",
                "directory-timeout: 1m | directory-timeout: 61s",
                "concurrency: 1000 | concurrency: 1001",
                "mails-at-once: 20000 | mails-at-once: 20001",
                "mails-at-once: 16 | mails-at-once: 15"
            })
    void delivery_takesItsBounds_andNothingBeyond(String taken, String refused) {
        assertThat(parse(taken, DeliveryConfig.class).startPaused()).isFalse();
        assertThatThrownBy(() -> parse(refused, DeliveryConfig.class)).isInstanceOf(ConfigException.class);
    }

    @Test
    void store_takesSixtyFourMailsAtOnceUnlessTold() {
        assertThat(parse("{}", StoreConfig.class).handoffsMax()).isEqualTo(64);
        assertThat(parse("handoffs-max: 1000", StoreConfig.class).handoffsMax()).isEqualTo(1000);
        for (String refused : List.of("0", "1001")) {
            assertThatThrownBy(() -> parse("handoffs-max: " + refused, StoreConfig.class))
                    .isInstanceOf(ConfigException.class);
        }
    }
}
