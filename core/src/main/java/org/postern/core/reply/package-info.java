// SPDX-License-Identifier: Apache-2.0
/// SMTP replies: three-digit code, enhanced status code and text, as values.
///
/// Security: reply text is checked for control characters, so nothing a peer sent can add a line to a dialogue.
///
/// Standards: RFC 5321 section 4.2, RFC 3463, RFC 5248.
@NullMarked
package org.postern.core.reply;

import org.jspecify.annotations.NullMarked;
