// SPDX-License-Identifier: Apache-2.0
/// The one reader that decides where DATA ends.
///
/// Security: parses hostile octets; only CRLF.CRLF ends a message, so that nobody can hide a second one in it.
///
/// Standards: RFC 5321 sections 2.3.8, 4.1.1.4 and 4.5.2.
@NullMarked
package org.postern.smtpfront.ingest;

import org.jspecify.annotations.NullMarked;
