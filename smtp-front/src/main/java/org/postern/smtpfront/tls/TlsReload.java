// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.tls;

import java.time.Instant;

/// What became of reading the certificates anew.
public sealed interface TlsReload {
    /// They are in use for every handshake from now on.
    ///
    /// @param certificates how many
    /// @param expires when the first of them ends
    record Loaded(int certificates, Instant expires) implements TlsReload {}

    /// They cannot be used; the ones before stay in use.
    ///
    /// @param problem a sentence that names the file
    record Kept(String problem) implements TlsReload {}
}
