// SPDX-License-Identifier: Apache-2.0
/// One resolver with one cache for every check of a process: typed, three-valued answers under a deadline.
///
/// Security: answers come from the configured recursive servers and are as trustworthy as the path to them; query
/// ids and source ports are random. A question that could not be answered is a `Failure`, never "no such name".
/// Questions in flight, cache and waits are bounded.
///
/// Standards: RFC 1035, RFC 2308 (negative answers), RFC 3596 (AAAA), RFC 6891 (EDNS), RFC 7505 (null MX).
@NullMarked
package org.postern.core.dns;

import org.jspecify.annotations.NullMarked;
