// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.spf;

import java.util.Optional;

/// What a directive matches on. RFC 7208 section 5.
sealed interface Mechanism {
    record All() implements Mechanism {}

    record Include(MacroString domain) implements Mechanism {}

    /// @param domain absent: the current domain
    record A(Optional<MacroString> domain, Cidr cidr) implements Mechanism {}

    /// @param domain absent: the current domain
    record Mx(Optional<MacroString> domain, Cidr cidr) implements Mechanism {}

    /// @param domain absent: the current domain
    record Ptr(Optional<MacroString> domain) implements Mechanism {}

    /// `ip4` and `ip6`.
    record Ip(Network network) implements Mechanism {}

    record Exists(MacroString domain) implements Mechanism {}

    /// The prefix lengths of `a` and `mx`.
    record Cidr(int ip4, int ip6) {}
}
