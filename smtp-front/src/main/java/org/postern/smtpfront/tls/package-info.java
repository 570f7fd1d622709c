// SPDX-License-Identifier: Apache-2.0
/// Certificates and TLS contexts, from PEM files or made at start in memory.
///
/// Security: private keys stay in memory; TLS 1.2 and 1.3 only.
///
/// Standards: RFC 8446, RFC 5246, RFC 8314, RFC 5280.
@NullMarked
package org.postern.smtpfront.tls;

import org.jspecify.annotations.NullMarked;
