// SPDX-License-Identifier: Apache-2.0
/// A client of SMTP and LMTP, blocking, for virtual threads.
///
/// Security: believes nothing a server says beyond bounds: reply lines, their number and every wait are
/// limited. What it sends as a message has no line end but CRLF and no line that a dot of its own begins,
/// whatever is in the spool.
///
/// Standards: RFC 5321, RFC 2033 (LMTP), RFC 2920 (PIPELINING), RFC 1870 (SIZE), RFC 6152 (8BITMIME), RFC
/// 3030 (CHUNKING, for BINARYMIME), RFC 3207 (STARTTLS), RFC 4954 (AUTH), RFC 3461 (DSN), RFC 6531
/// (SMTPUTF8), RFC 8689 (REQUIRETLS).
@NullMarked
package org.postern.delivery.smtp;

import org.jspecify.annotations.NullMarked;
