// SPDX-License-Identifier: Apache-2.0
/// Whether a domain lets an address send mail in its name: `check_host()`.
///
/// Security: records and macros are written by strangers. Look-ups, void look-ups, names per look-up and time are
/// bounded; a look-up that failed is a temporary error, never "no policy".
///
/// Standards: RFC 7208, RFC 8616 (internationalised addresses).
@NullMarked
package org.postern.scanworkers.mailauth.spf;

import org.jspecify.annotations.NullMarked;
