// SPDX-License-Identifier: Apache-2.0
/// Signatures of domains on messages, and the parts that ARC shares with them: canonical forms, keys, tag lists.
///
/// Security: where header and body meet is decided by `MessageHeader` alone; a header that ends in anything but an
/// empty line has no valid signature. Signatures, keys and look-ups per message are bounded.
///
/// Standards: RFC 6376, RFC 8301 (no SHA-1, no short keys), RFC 8463 (Ed25519).
@NullMarked
package org.postern.scanworkers.mailauth.dkim;

import org.jspecify.annotations.NullMarked;
