// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigFile;
import org.postern.deploy.config.PosternConfig;
import org.postern.deploy.management.Check;

class CertificateDatesTest {
    private static final Instant BEGINS = Instant.parse("2026-11-21T17:34:08Z");
    private static final Instant ENDS = Instant.parse("2027-02-19T17:34:08Z");
    private static final String PEM = """
            -----BEGIN CERTIFICATE-----
            MIIBhzCCAS2gAwIBAgIUPY693Zx4mtYqBAqrbfq6aeL/X14wCgYIKoZIzj0EAwIw
            GTEXMBUGA1UEAwwObXguZXhhbXBsZS5vcmcwHhcNMjYxMTIxMTczNDA4WhcNMjcw
            MjE5MTczNDA4WjAZMRcwFQYDVQQDDA5teC5leGFtcGxlLm9yZzBZMBMGByqGSM49
            AgEGCCqGSM49AwEHA0IABIVnipQ5VxBOJOkCeoFFRppEOLYMSwpj366GFt/RjMy/
            XySoKowFJlzcU4OU3lfwuMsZNPppOXX11h/56AFtCTOjUzBRMB0GA1UdDgQWBBT8
            wgY9/fk/eZk8emFx4qtoIMALxzAfBgNVHSMEGDAWgBT8wgY9/fk/eZk8emFx4qto
            IMALxzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIG0qJWvuh8lE
            f3PKx1KSOLMS5NlAsq/HpZZKiwkhSCblAiEA7CPtzA9Fc+mFJnkoY095++udb45a
            Lr042nHjn7NZCz8=
            -----END CERTIFICATE-----
            """;

    @TempDir
    private Path folder;

    private Path file = Path.of("");
    private Instant now = BEGINS;

    @BeforeEach
    void write() throws Exception {
        file = Files.writeString(folder.resolve("mx.pem"), PEM);
    }

    private CertificateDates dates() {
        return new CertificateDates(List.of(file), () -> now);
    }

    private String troubleAt(Instant time) {
        now = time;
        return String.join("; ", dates().trouble());
    }

    @Test
    void certificate_thatEndsSoonOrHasEnded_isNamed_withItsFileAndItsTime() {
        assertThat(troubleAt(ENDS.minus(Duration.ofDays(15)))).isEmpty();
        assertThat(troubleAt(ENDS.minus(Duration.ofDays(3))))
                .isEqualTo(file + " ends " + ENDS + ", in 3 days: renew it");
        assertThat(troubleAt(ENDS)).startsWith(file + " ended " + ENDS + ": ");
        assertThat(troubleAt(BEGINS.minusSeconds(1))).contains("counts from " + BEGINS + " on only");
        assertThat(dates().lines()).containsExactly("certificate " + file + ": ends " + ENDS);
    }

    @Test
    void file_thatIsNone_isNamed() throws Exception {
        Files.writeString(file, "");
        assertThat(troubleAt(BEGINS)).isEqualTo(file + " holds no certificate");
        Files.delete(file);
        assertThat(troubleAt(BEGINS)).startsWith(file + " cannot be read: ");
    }

    @Test
    void files_areReadOnceInAMinute() throws Exception {
        now = ENDS.minus(Duration.ofDays(30));
        Check check = dates().check();
        assertThat(check.now().state()).isEqualTo(Check.State.OK);
        Files.delete(file);
        assertThat(check.now().state()).isEqualTo(Check.State.OK);
        now = now.plus(Duration.ofMinutes(1));
        assertThat(check.now().state()).isEqualTo(Check.State.IMPAIRED);
        assertThat(check.now().ready()).isTrue();
        Files.writeString(file, PEM);
        now = now.plus(Duration.ofMinutes(1));
        assertThat(check.now().state()).isEqualTo(Check.State.OK);
    }

    @Test
    void certificatesOfListenersAndOfTheHandoff_areFound() {
        PosternConfig config = ConfigFile.parse("test", folder, """
                tls: { certificate: mx.pem, key: mx.key }
                directory: { file: accounts.yaml }
                farms:
                  mx: { listen: [{ port: 25 }] }
                  sub: { listen: [{ port: 587 }], tls: { certificate: sub.pem, key: sub.key } }
                handoff:
                  stores: ["s.example.org:2629"]
                  tls: { certificate: out.pem, key: out.key, authorities: ca.pem }
                store:
                  spool: { folder: spool }
                  maildir: { folder: mail }
                  quarantine: { folder: quarantine }
                  handoff: { tls: { certificate: in.pem, key: in.key, authorities: ca.pem, names: [mx.example.org] } }
                """, List.of(), PosternConfig.class);
        assertThat(String.join("\n", CertificateDates.of(config).trouble()))
                .contains("sub.pem", "out.pem", "in.pem")
                .doesNotContain("ca.pem");
        assertThat(CertificateDates.of(config, List.of(), false, true).trouble())
                .singleElement()
                .asString()
                .contains("in.pem");
    }
}
