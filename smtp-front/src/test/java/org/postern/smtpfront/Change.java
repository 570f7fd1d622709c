// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.postern.core.limits.ByteSize;
import org.postern.smtpfront.admission.AdmissionConfig;

/// Settings that differ from the defaults.
final class Change {
    private Change() {}

    /// The same settings but for one.
    static <C extends Record> C with(C config, String component, Object value) {
        try {
            RecordComponent[] components = config.getClass().getRecordComponents();
            Object[] values = new Object[components.length];
            boolean found = false;
            for (int i = 0; i < components.length; i++) {
                boolean this1 = components[i].getName().equals(component);
                found |= this1;
                values[i] = this1 ? value : components[i].getAccessor().invoke(config);
            }
            if (!found) {
                throw new AssertionError("no setting " + component + " in " + config.getClass());
            }
            @SuppressWarnings("unchecked")
            Class<C> type = (Class<C>) config.getClass();
            return type.getDeclaredConstructor(Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new))
                    .newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    static SmtpFrontConfig normalise(SmtpFrontConfig config) {
        return with(config, "bareLineEnds", BareLineEnds.NORMALISE);
    }

    static SmtpFrontConfig listen(SmtpFrontConfig config, ListenerConfig... listeners) {
        return with(config, "listen", List.of(listeners));
    }

    static SmtpFrontConfig binary(SmtpFrontConfig config) {
        return with(config, "binaryMime", true);
    }

    /// 64 KiB messages, 3 recipients, 5 errors, 2 mails a session.
    static SmtpFrontConfig small(SmtpFrontConfig config) {
        return limits(config, new LimitsConfig(10, 5, ByteSize.ofKiB(64), ByteSize.ofKiB(8), 3, 512, 5, 2, 2));
    }

    /// As many mails in one session as a test likes.
    static SmtpFrontConfig many(SmtpFrontConfig config) {
        return limits(
                config,
                new LimitsConfig(2000, 2000, ByteSize.ofMiB(50), ByteSize.ofKiB(8), 1000, 4096, 100_000, 100_000, 200));
    }

    static SmtpFrontConfig limits(SmtpFrontConfig config, LimitsConfig limits) {
        return with(config, "limits", limits);
    }

    static SmtpFrontConfig deadline(SmtpFrontConfig config, Duration deadline, Duration handoffReserve) {
        // The reserve first: it must stay shorter than the deadline.
        return with(with(config, "handoffReserve", handoffReserve), "deadline", deadline);
    }

    static SmtpFrontConfig timeouts(SmtpFrontConfig config, TimeoutsConfig timeouts) {
        return with(config, "timeouts", timeouts);
    }

    static SmtpFrontConfig tls(SmtpFrontConfig config, TlsConfig tls) {
        return with(config, "tls", tls);
    }

    static SmtpFrontConfig admission(SmtpFrontConfig config, AdmissionConfig admission) {
        return with(config, "admission", admission);
    }
}
