// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

import java.util.Optional;
import org.postern.core.limits.Deadline;

/// Checks the bearer tokens that mail programs log in with. RFC 6750, RFC 7628
///
/// Postern has none of its own: whoever embeds it brings one for his identity provider. Many threads ask at once.
public interface TokenVerifier {
    /// `Known` when the token is valid now, for this service, and belongs to that account; `Unknown` when it is not;
    /// `Undetermined` when the provider cannot be asked. Returns before the deadline and never throws.
    ///
    /// @param login who the client says it is; empty where it leaves that to the token. A token of somebody else is
    ///     not valid
    /// @param token as the client sent it; never to be logged
    Lookup<Account> verify(Optional<String> login, String token, Deadline deadline);
}
