// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class SignaturesTest {
    private static String version(int number, Duration age) {
        ZonedDateTime made = ZonedDateTime.now(ZoneId.systemDefault()).minus(age);
        return "ClamAV 1.4.6/" + number + "/"
                + DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT)
                        .format(made);
    }

    @Test
    void version_withOfficialSignatures_hasNumberAndTime() {
        ClamdVersion version = ClamdVersion.parse("ClamAV 1.4.6/27800/Fri Nov  6 09:12:01 2026");
        assertThat(version.signatures()).hasValue(27800);
        assertThat(version.made())
                .contains(ZonedDateTime.of(2026, 11, 6, 9, 12, 1, 0, ZoneId.systemDefault())
                        .toInstant());
    }

    @Test
    void version_withoutThem_hasNeither() {
        for (String text :
                new String[] {"ClamAV 1.4.6", "", "ClamAV 1.4.6/x/y", "ClamAV 1/1/Foo Bar 99 09:12:01 2026"}) {
            ClamdVersion version = ClamdVersion.parse(text);
            assertThat(version.made()).as(text).isEmpty();
        }
    }

    @Test
    void signatures_thatAreOld_soundTheAlarmUntilNewOnesCome() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Signatures signatures = new Signatures("127.0.0.1:3310", Duration.ofDays(3));
        signatures.register(meters);
        assertThat(signatures.state()).isEmpty();

        signatures.learn(ClamdVersion.parse(version(27800, Duration.ofDays(4))));
        assertThat(meters.get("postern.clamav.signatures.stale").gauge().value())
                .isEqualTo(1);
        assertThat(meters.get("postern.clamav.signatures.version").gauge().value())
                .isEqualTo(27800);
        assertThat(meters.get("postern.clamav.signatures.age").timeGauge().value(java.util.concurrent.TimeUnit.HOURS))
                .isBetween(94.0, 98.0);
        assertThat(signatures.description()).contains("ALARM").contains("4 days old");

        signatures.learn(ClamdVersion.parse(version(27801, Duration.ofHours(5))));
        assertThat(meters.get("postern.clamav.signatures.stale").gauge().value())
                .isZero();
        assertThat(signatures.description()).doesNotContain("ALARM");
    }

    @Test
    void state_changesWithVersionAndReload_andIsUnknownBetween() {
        Signatures signatures = new Signatures("127.0.0.1:3310", Duration.ofDays(3));
        signatures.learn(ClamdVersion.parse("ClamAV 1.4.6"));
        var first = signatures.state();
        signatures.learn(ClamdVersion.parse("ClamAV 1.4.6"));
        assertThat(signatures.state()).isEqualTo(first).isPresent();
        signatures.forget();
        assertThat(signatures.state()).isEmpty();
        signatures.learn(ClamdVersion.parse("ClamAV 1.4.6"));
        assertThat(signatures.state()).isPresent().isNotEqualTo(first);
    }
}
