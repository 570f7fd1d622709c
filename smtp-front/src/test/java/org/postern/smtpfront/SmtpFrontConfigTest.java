// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.config.CidrBlock;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.LoginLimitsConfig;
import org.postern.core.limits.Rate;
import org.postern.smtpfront.admission.AdmissionConfig;
import org.postern.smtpfront.admission.GreetingConfig;
import org.postern.smtpfront.admission.GreylistConfig;
import org.postern.smtpfront.admission.LoginRefusal;
import org.postern.smtpfront.admission.PressureConfig;
import org.postern.smtpfront.admission.RatesConfig;

final class SmtpFrontConfigTest {
    @TempDir
    private Path folder;

    private SmtpFrontConfig read(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("farm.yaml"), yaml);
        return ConfigFile.read(file, List.of(), SmtpFrontConfig.class);
    }

    @Test
    void what_is_not_written_has_the_documented_default() throws Exception {
        assertThat(read("listen: [{ port: 25 }]"))
                .isEqualTo(SmtpFrontConfig.of(
                        List.of(ListenerConfig.of("0.0.0.0", 25, TlsMode.NONE)), Authentication.NONE));
    }

    @Test
    void every_setting_can_be_written() throws Exception {
        SmtpFrontConfig written = read("""
                listen: [{ port: 587, address: 127.0.0.1, tls: starttls-required, proxy-protocol-from: [10.0.0.10/32],
                  xclient-from: [10.0.0.11/32] }]
                authentication: required
                deadline: 15s
                handoff-reserve: 5s
                bare-line-ends: normalise
                binary-mime: true
                limits:
                  connections: 10
                  connections-per-address: 9
                  message-size: 1MiB
                  message-memory: 8KiB
                  recipients: 7
                  command-line: 600
                  errors: 6
                  mails-per-session: 5
                  mails-at-once: 4
                timeouts: { command: 1s, data: 2s, handshake: 3s, session: 4s, shutdown: 5s }
                tls:
                  certificate: cert.pem
                  key: key.pem
                  more: [{ certificate: other.pem, key: other-key.pem }]
                  client-authorities: ca.pem
                  check-every: 7s
                admission:
                  ipv4-prefix: 20
                  ipv6-prefix: 40
                  network-factor: 2
                  exempt: [10.0.0.0/8]
                  lists: [deny.txt]
                  rates:
                    connections: 1/1m
                    commands: 2/1m
                    session-commands: 3/h
                    idle-commands: 11
                    minimum: 1KiB
                    remembered: 1000
                  logins: { per-address: 4/1d, per-account: unlimited, pause: 2s, pause-max: 3s, remembered: 1001 }
                  login-refusal: disconnect
                  greeting: { delay: 1s, suspect-delay: 2s, suspect-after: 5/2h, early-talkers: refuse }
                  greylist:
                    from: 2
                    to: 4.5
                    delay: 1m
                    window: 1h
                    known: 2d
                    same-mail: true
                    remembered: 1002
                  pressure: { adaptive: false, deadline-percent: 50, users-percent: 30 }
                """);
        assertThat(written)
                .isEqualTo(new SmtpFrontConfig(
                        List.of(new ListenerConfig(
                                587,
                                "127.0.0.1",
                                TlsMode.STARTTLS_REQUIRED,
                                List.of(CidrBlock.parse("10.0.0.10/32")),
                                List.of(CidrBlock.parse("10.0.0.11/32")))),
                        Authentication.REQUIRED,
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(5),
                        BareLineEnds.NORMALISE,
                        true,
                        new LimitsConfig(10, 9, ByteSize.ofMiB(1), ByteSize.ofKiB(8), 7, 600, 6, 5, 4),
                        new TimeoutsConfig(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(5)),
                        new TlsConfig(
                                Optional.of(folder.toAbsolutePath().resolve("cert.pem")),
                                Optional.of(folder.toAbsolutePath().resolve("key.pem")),
                                List.of(new CertificateConfig(
                                        folder.toAbsolutePath().resolve("other.pem"),
                                        folder.toAbsolutePath().resolve("other-key.pem"))),
                                Optional.of(folder.toAbsolutePath().resolve("ca.pem")),
                                Duration.ofSeconds(7)),
                        new AdmissionConfig(
                                20,
                                40,
                                2,
                                List.of(CidrBlock.parse("10.0.0.0/8")),
                                List.of(folder.toAbsolutePath().resolve("deny.txt")),
                                new RatesConfig(
                                        new Rate(1, Duration.ofMinutes(1)),
                                        new Rate(2, Duration.ofMinutes(1)),
                                        new Rate(3, Duration.ofHours(1)),
                                        11,
                                        ByteSize.ofKiB(1),
                                        1000),
                                new LoginLimitsConfig(
                                        new Rate(4, Duration.ofDays(1)),
                                        Rate.UNLIMITED,
                                        Duration.ofSeconds(2),
                                        Duration.ofSeconds(3),
                                        1001),
                                LoginRefusal.DISCONNECT,
                                new GreetingConfig(
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(2),
                                        new Rate(5, Duration.ofHours(2)),
                                        GreetingConfig.EarlyTalkers.REFUSE),
                                new GreylistConfig(
                                        OptionalDouble.of(2),
                                        OptionalDouble.of(4.5),
                                        Duration.ofMinutes(1),
                                        Duration.ofHours(1),
                                        Duration.ofDays(2),
                                        true,
                                        1002),
                                new PressureConfig(false, 50, 30))));
    }

    @Test
    void passwords_in_the_clear_are_not_configurable() {
        assertThatThrownBy(() -> read("listen: [{ port: 587 }]\nauthentication: required\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("starttls-required or implicit");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connections: 1000001",
                "connections-per-address: 1000001",
                "mails-at-once: 100001",
                "recipients: 100001",
                "errors: 0"
            })
    void a_limit_beyond_its_bounds_is_refused(String limit) {
        assertThatThrownBy(() -> read("listen: [{ port: 25 }]\nlimits: { " + limit + " }\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(limit.substring(0, limit.indexOf(':')) + " is 1 ");
    }
}
