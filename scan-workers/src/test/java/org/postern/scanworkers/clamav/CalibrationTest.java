// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

/// With a scanner that looks through streams up to a size, or does not answer, as the test wants it.
class CalibrationTest {
    private static final long MAX = 1 << 20;

    private final Calibration calibration = new Calibration(MAX);

    private static Calibration.Scanner upTo(long size) {
        return (sample, deadline) -> sample.transferTo(OutputStream.nullOutputStream()) <= size
                ? new ClamdReply.Infected("Eicar")
                : new ClamdReply.Clean();
    }

    private static ClamdReply silent() throws IOException {
        throw new SocketTimeoutException("no answer within its time");
    }

    @Test
    void trusted_isTheLargestSizeThatIsLookedThrough() {
        calibration.measure("1", upTo(Long.MAX_VALUE));
        assertThat(calibration.trusted()).isEqualTo(MAX);

        calibration.measure("2", upTo(700_000));
        assertThat(calibration.trusted()).isBetween(690_000L, 700_000L);
    }

    @Test
    void trusted_whileClamdIsTooBusyToAnswer_staysWhatItWas() {
        calibration.measure("1", upTo(Long.MAX_VALUE));

        calibration.measure("2", (sample, deadline) -> silent());
        assertThat(calibration.trusted()).isEqualTo(MAX);
    }

    @Test
    void settled_fromADoubtToTheNextMeasurement_isFalse() {
        assertThat(calibration.settled()).as("before the first").isFalse();
        calibration.measure("1", upTo(Long.MAX_VALUE));
        assertThat(calibration.settled()).isTrue();

        calibration.doubt();
        assertThat(calibration.settled()).isFalse();
        calibration.measure("1", upTo(700_000));
        assertThat(calibration.settled()).isTrue();
        assertThat(calibration.trusted()).isBetween(690_000L, 700_000L);
    }

    @Test
    void settled_whenTheDoubtCameWhileItWasMeasured_isFalse() {
        calibration.measure("1", (sample, deadline) -> {
            calibration.doubt();
            return upTo(Long.MAX_VALUE).scan(sample, deadline);
        });
        assertThat(calibration.settled()).isFalse();
    }

    @Test
    void trusted_whenClamdMayHaveOtherSettingsAndDoesNotAnswer_isNothing() {
        calibration.measure("1", upTo(Long.MAX_VALUE));
        calibration.forget();

        calibration.measure("1", (sample, deadline) -> silent());
        assertThat(calibration.trusted()).isZero();

        calibration.measure("1", upTo(Long.MAX_VALUE));
        assertThat(calibration.trusted()).isEqualTo(MAX);
    }
}
