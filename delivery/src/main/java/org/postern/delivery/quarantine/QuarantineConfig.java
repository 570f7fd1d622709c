// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.quarantine;

import java.nio.file.Path;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Settings of the quarantine.
@Doc("Where mail is kept that a filter wants set apart.")
public record QuarantineConfig(
        @Doc("The quarantine folder. Each mail is two files there: ID.eml, the message as it came, and ID.envelope, its"
                + " sender and recipients.")
        @Default("quarantine")
        Path folder) {}
