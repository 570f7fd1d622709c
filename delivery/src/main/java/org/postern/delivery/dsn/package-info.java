// SPDX-License-Identifier: Apache-2.0
/// Delivery status notifications: what senders are told of mail that failed, waits, or arrived.
///
/// Security: goes to the envelope's sender only, never to one taken from a header; never for a mail from
/// the null sender, and never for one that was tagged as spam. Nothing of a message is read but its header.
///
/// Standards: RFC 3461 (what is asked for), RFC 3464 (the format), RFC 6522 (multipart/report), RFC 6533
/// (UTF-8), RFC 3834 (Auto-Submitted).
@NullMarked
package org.postern.delivery.dsn;

import org.jspecify.annotations.NullMarked;
