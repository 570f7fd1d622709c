// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.dsn;

import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.MailAddress;

/// Settings of delivery status notifications.
@Doc("What senders are told of mail that cannot be delivered.")
public record DsnConfig(
        @Doc("Who is told of reports that cannot be delivered themselves. Where it is not set they are counted and"
                + " dropped.")
        Optional<MailAddress> doubleBouncesTo,

        @Doc("The largest mail that is returned whole where the sender asked for it; of others the header is returned;"
                + " 0KiB to 10MiB.")
        @Default("256KiB")
        ByteSize returnMax) {
    public DsnConfig {
        if (returnMax.bytes() > 10L << 20) {
            throw new IllegalArgumentException("return-max is 0KiB to 10MiB, not " + returnMax);
        }
    }

    /// The defaults.
    public static DsnConfig defaults() {
        return new DsnConfig(Optional.empty(), ByteSize.ofKiB(256));
    }
}
