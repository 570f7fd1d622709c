// SPDX-License-Identifier: Apache-2.0
/// The words of a mail: domains, addresses, paths, the envelope, and the bytes of the message.
///
/// Security: every value here was checked when it was made; nothing in this package opens a socket. Message
/// content is hostile input and is only ever treated as bytes.
///
/// Standards: RFC 5321 (envelope), RFC 5322 (header), RFC 6531 (UTF-8 addresses), RFC 3461 (DSN parameters).
@NullMarked
package org.postern.core.mail;

import org.jspecify.annotations.NullMarked;
