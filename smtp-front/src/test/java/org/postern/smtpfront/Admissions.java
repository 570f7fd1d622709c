// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.postern.smtpfront.admission.AdmissionConfig;
import org.postern.smtpfront.admission.RatesConfig;

/// Fronts with settings of admission, and what tests of it look at.
final class Admissions {
    static final String MESSAGE = "Subject: x\r\n\r\ntext\r\n";

    private Admissions() {}

    /// A front on which loopback is a stranger like any other.
    static TestFront strict(UnaryOperator<AdmissionConfig> change) throws IOException {
        return TestFront.mx(config -> Change.admission(config, change.apply(noneExempt())));
    }

    static AdmissionConfig noneExempt() {
        return Change.with(AdmissionConfig.defaults(), "exempt", List.of());
    }

    static AdmissionConfig rates(AdmissionConfig config, String name, Object value) {
        return Change.with(config, "rates", Change.with(RatesConfig.defaults(), name, value));
    }

    static AdmissionConfig lists(AdmissionConfig config, Path list) {
        return Change.with(config, "lists", List.of(list));
    }

    static double barred(TestFront front, String why) {
        return front.meters
                .get("postern.admission.barred")
                .tag("why", why)
                .counter()
                .count();
    }

    static void assertClosed(Client client) throws IOException {
        assertThat(client.reply()).isEmpty();
    }
}
