// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

import java.util.List;
import org.postern.core.mail.ForwardPath;

/// How a directory came to its answer, for `postern directory lookup`.
///
/// @param recipient who was asked for
/// @param steps what was asked, of whom, and what came back, in order
/// @param answer what a caller would have got
public record Explanation(ForwardPath recipient, List<Step> steps, Lookup<Account> answer) {
    public Explanation {
        steps = List.copyOf(steps);
    }

    /// One step of a decision.
    ///
    /// @param what was done: `search`, `cache`, `local-domain`, …
    /// @param where a server, a file or a part: for example `ldaps://ldap1.example.org:636`; may be empty
    /// @param detail the question, such as a filter
    /// @param result what came back
    public record Step(String what, String where, String detail, String result) {
        @Override
        public String toString() {
            return what + (where.isEmpty() ? "" : " at " + where) + (detail.isEmpty() ? "" : ": " + detail) + " → "
                    + result;
        }
    }
}
