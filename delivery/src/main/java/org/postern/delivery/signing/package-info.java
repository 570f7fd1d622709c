// SPDX-License-Identifier: Apache-2.0
/// What is done to mail that users submit, before it is handed over: missing header fields, and signatures;
/// and signatures on what the store writes itself.
///
/// Security: signs for a domain only mail whose envelope sender, which the front has checked against the login,
/// is of that domain, and reports and automatic replies. Never a forward: nobody vouches for its writer. Private
/// keys are read once and never logged.
///
/// Standards: RFC 6376 and RFC 8301 (DKIM), RFC 8463 (Ed25519), RFC 6409 section 8 (fields that are added).
@NullMarked
package org.postern.delivery.signing;

import org.jspecify.annotations.NullMarked;
