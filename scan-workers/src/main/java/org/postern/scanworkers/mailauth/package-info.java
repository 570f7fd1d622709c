// SPDX-License-Identifier: Apache-2.0
/// The filter that finds out who answers for a mail: SPF, DKIM, ARC and DMARC, reported in Authentication-Results.
///
/// Security: everything read is hostile. A broken look-up ends as a temporary error, never as "no policy" and never
/// as a pass; every count and every wait is bounded.
///
/// Standards: RFC 7208, RFC 6376, RFC 8301, RFC 8463, RFC 8617, RFC 9989, RFC 8601.
@NullMarked
package org.postern.scanworkers.mailauth;

import org.jspecify.annotations.NullMarked;
