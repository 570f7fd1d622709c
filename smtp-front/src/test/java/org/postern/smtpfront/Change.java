// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.time.Duration;
import java.util.List;
import org.postern.core.limits.ByteSize;

/// Settings that differ from the defaults.
final class Change {
    private Change() {}

    static SmtpFrontConfig normalise(SmtpFrontConfig config) {
        return new SmtpFrontConfig(
                config.listen(),
                config.authentication(),
                config.deadline(),
                config.handoffReserve(),
                BareLineEnds.NORMALISE,
                config.binaryMime(),
                config.limits(),
                config.timeouts(),
                config.tls());
    }

    static SmtpFrontConfig listen(SmtpFrontConfig config, ListenerConfig... listeners) {
        return new SmtpFrontConfig(
                List.of(listeners),
                config.authentication(),
                config.deadline(),
                config.handoffReserve(),
                config.bareLineEnds(),
                config.binaryMime(),
                config.limits(),
                config.timeouts(),
                config.tls());
    }

    static SmtpFrontConfig binary(SmtpFrontConfig config) {
        return new SmtpFrontConfig(
                config.listen(),
                config.authentication(),
                config.deadline(),
                config.handoffReserve(),
                config.bareLineEnds(),
                true,
                config.limits(),
                config.timeouts(),
                config.tls());
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
        return new SmtpFrontConfig(
                config.listen(),
                config.authentication(),
                config.deadline(),
                config.handoffReserve(),
                config.bareLineEnds(),
                config.binaryMime(),
                limits,
                config.timeouts(),
                config.tls());
    }

    static SmtpFrontConfig deadline(SmtpFrontConfig config, Duration deadline, Duration handoffReserve) {
        return new SmtpFrontConfig(
                config.listen(),
                config.authentication(),
                deadline,
                handoffReserve,
                config.bareLineEnds(),
                config.binaryMime(),
                config.limits(),
                config.timeouts(),
                config.tls());
    }

    static SmtpFrontConfig timeouts(SmtpFrontConfig config, TimeoutsConfig timeouts) {
        return new SmtpFrontConfig(
                config.listen(),
                config.authentication(),
                config.deadline(),
                config.handoffReserve(),
                config.bareLineEnds(),
                config.binaryMime(),
                config.limits(),
                timeouts,
                config.tls());
    }

    static SmtpFrontConfig tls(SmtpFrontConfig config, TlsConfig tls) {
        return new SmtpFrontConfig(
                config.listen(),
                config.authentication(),
                config.deadline(),
                config.handoffReserve(),
                config.bareLineEnds(),
                config.binaryMime(),
                config.limits(),
                config.timeouts(),
                tls);
    }
}
