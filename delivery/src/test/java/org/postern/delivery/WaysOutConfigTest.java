// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.core.config.HostAndPort;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;
import org.postern.delivery.dsn.DsnConfig;
import org.postern.delivery.lmtp.LmtpAddress;
import org.postern.delivery.lmtp.LmtpConfig;
import org.postern.delivery.lmtp.LmtpRecipient;
import org.postern.delivery.relay.RelayConfig;
import org.postern.delivery.relay.SmartHostConfig;
import org.postern.delivery.relay.TlsPolicy;
import org.postern.delivery.schedule.DeliveryConfig;
import org.postern.delivery.signing.OwnSigningConfig;
import org.postern.delivery.signing.SigningConfig;
import org.postern.delivery.smtp.SmtpTimeouts;

/// The settings of all ways out: what they are where nothing is written, and that each can be written.
class WaysOutConfigTest {
    private static final String TIMEOUTS = "timeouts: { connect: 1s, greeting: 2s, command: 3s, block: 4s, end: 5s }\n";
    private static final SmtpTimeouts READ = new SmtpTimeouts(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(4),
            Duration.ofSeconds(5));

    private static <C extends Record> C parse(String yaml, Class<C> type) {
        return ConfigFile.parse("postern.yaml", Path.of("/etc"), yaml, List.of(), type);
    }

    @Test
    void settings_whenNothingIsWritten_areTheDefaults() {
        assertThat(parse("{}", RelayConfig.class)).isEqualTo(RelayConfig.defaults());
        assertThat(RelayConfig.defaults())
                .isEqualTo(new RelayConfig(
                        Optional.empty(),
                        200,
                        10,
                        Duration.ofSeconds(5),
                        25,
                        true,
                        6,
                        50,
                        Map.of(),
                        Optional.empty(),
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        new SmtpTimeouts(
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(2),
                                Duration.ofMinutes(5),
                                Duration.ofMinutes(3),
                                Duration.ofMinutes(10))));
        assertThat(parse("{}", DsnConfig.class)).isEqualTo(new DsnConfig(Optional.empty(), ByteSize.ofKiB(256)));
        assertThat(parse("{}", SigningConfig.class)).isEqualTo(new SigningConfig(true, Map.of()));
        assertThat(parse("{}", OwnSigningConfig.class)).isEqualTo(new OwnSigningConfig(Map.of()));
        LmtpAddress server = LmtpAddress.parse("127.0.0.1:24");
        assertThat(parse("server: 127.0.0.1:24", LmtpConfig.class))
                .isEqualTo(LmtpConfig.to(server))
                .isEqualTo(new LmtpConfig(
                        server, List.of(), LmtpRecipient.ACCOUNT, 16, Duration.ofSeconds(20), SmtpTimeouts.defaults()));
        assertThat(parse("{}", DeliveryConfig.class))
                .isEqualTo(new DeliveryConfig(
                        16,
                        1000,
                        Duration.ofSeconds(30),
                        Duration.ofHours(1),
                        Duration.ofDays(5),
                        Duration.ofHours(4),
                        Duration.ofSeconds(10),
                        false));
    }

    @Test
    void settings_canAllBeSet() {
        assertThat(parse("""
                        smart-host:
                          server: smtp.example.org:465
                          tls: required
                          implicit-tls: true
                          user: me
                          password-file: secret
                        connections: 7
                        connections-per-domain: 3
                        idle: 1s
                        port: 26
                        ipv6: false
                        hosts-max: 2
                        hops-max: 30
                        tls: { partner.example: verified, old.example: none }
                        authorities: ca.pem
                        mta-sts: false
                        mta-sts-folder: sts
                        validating-resolver: 127.0.0.1:53
                        """ + TIMEOUTS, RelayConfig.class))
                .isEqualTo(new RelayConfig(
                        Optional.of(new SmartHostConfig(
                                new HostAndPort("smtp.example.org", 465),
                                TlsPolicy.REQUIRED,
                                true,
                                Optional.of("me"),
                                Optional.of(Path.of("/etc/secret")))),
                        7,
                        3,
                        Duration.ofSeconds(1),
                        26,
                        false,
                        2,
                        30,
                        Map.of(
                                new Domain("partner.example"), TlsPolicy.VERIFIED,
                                new Domain("old.example"), TlsPolicy.NONE),
                        Optional.of(Path.of("/etc/ca.pem")),
                        false,
                        Optional.of(Path.of("/etc/sts")),
                        Optional.of(new HostAndPort("127.0.0.1", 53)),
                        READ));
        assertThat(parse(
                        "server: \"unix:/run/lmtp\"\ndomains: [example.org]\nrecipient: original\nconnections: 2\n"
                                + "idle: 3s\n" + TIMEOUTS,
                        LmtpConfig.class))
                .isEqualTo(new LmtpConfig(
                        new LmtpAddress.Unix(UnixDomainSocketAddress.of("/run/lmtp")),
                        List.of(new Domain("example.org")),
                        LmtpRecipient.ORIGINAL,
                        2,
                        Duration.ofSeconds(3),
                        READ));
        assertThat(parse("double-bounces-to: pm@example.org\nreturn-max: 1KiB", DsnConfig.class))
                .isEqualTo(new DsnConfig(Optional.of(MailAddress.parse("pm@example.org")), ByteSize.ofKiB(1)));
        assertThat(parse(
                        "add-fields: false\ndkim:\n  example.org: [{ selector: a, file: a.pem }, { selector: b, file: b.pem }]",
                        SigningConfig.class))
                .isEqualTo(new SigningConfig(
                        false,
                        Map.of(
                                new Domain("example.org"),
                                List.of(
                                        new SigningConfig.Key("a", Path.of("/etc/a.pem")),
                                        new SigningConfig.Key("b", Path.of("/etc/b.pem"))))));
        assertThat(parse("dkim: { example.org: [{ selector: a, file: a.pem }] }", OwnSigningConfig.class))
                .isEqualTo(new OwnSigningConfig(
                        Map.of(new Domain("example.org"), List.of(new SigningConfig.Key("a", Path.of("/etc/a.pem"))))));
        assertThat(parse(
                        "concurrency: 2\nmails-at-once: 3\nretry-first: 4s\nretry-max: 5s\nexpiry: 6h\nwarn-after: 7h\n"
                                + "directory-timeout: 8s\nstart-paused: true",
                        DeliveryConfig.class))
                .isEqualTo(new DeliveryConfig(
                        2,
                        3,
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        Duration.ofHours(6),
                        Duration.ofHours(7),
                        Duration.ofSeconds(8),
                        true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connections: 0",
                "connections-per-domain: 1001",
                "port: 0",
                "hosts-max: 0",
                "hops-max: 9",
                "idle: 6m",
                "timeouts: { end: 31m }",
                "smart-host: { server: \"a:25\", user: me }",
                "smart-host: { server: \"a:25\", tls: opportunistic, user: me, password-file: x }"
            })
    void setting_thatCannotBe_isRefused(String yaml) {
        assertThatThrownBy(() -> parse(yaml, RelayConfig.class)).isInstanceOf(ConfigException.class);
    }
}
