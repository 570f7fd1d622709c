// SPDX-License-Identifier: Apache-2.0
/// The header field that tells everybody behind us what was found out, and the fields that only pretend to.
///
/// Security: values come from hostile mail and are quoted, so that none of them can end a result or a field.
///
/// Standards: RFC 8601, RFC 6008 (header.b).
@NullMarked
package org.postern.scanworkers.mailauth.authres;

import org.jspecify.annotations.NullMarked;
