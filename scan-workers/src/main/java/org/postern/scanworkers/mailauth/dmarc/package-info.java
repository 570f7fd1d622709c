// SPDX-License-Identifier: Apache-2.0
/// Whether the domain people see in From answers for a message, and what it asks for when it does not.
///
/// Security: a From field that is missing, doubled, or not plainly one address never passes. A look-up that failed
/// is a temporary error, never "no policy".
///
/// Standards: RFC 9989, which replaced RFC 7489 in May 2026.
@NullMarked
package org.postern.scanworkers.mailauth.dmarc;

import org.jspecify.annotations.NullMarked;
