// SPDX-License-Identifier: Apache-2.0
/// What a client says and shows of itself before any message: its HELO name, its names in reverse DNS, its manners.
///
/// Security: everything looked at is chosen by the client or by whoever owns its addresses. Nothing here refuses a
/// mail; DNS that does not answer is "no verdict".
///
/// Standards: RFC 5321 sections 2.3.5, 3.1 and 4.1.4, RFC 8601 section 2.7.3 (iprev).
@NullMarked
package org.postern.scanworkers.client;

import org.jspecify.annotations.NullMarked;
