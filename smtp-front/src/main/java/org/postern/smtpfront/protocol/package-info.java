// SPDX-License-Identifier: Apache-2.0
/// The only place that knows James: commands, their handlers, and the conversation with one client.
///
/// Security: reachable by everybody; nothing here trusts a length, an order or a character.
///
/// Standards: RFC 5321, 1870, 2034, 2920, 3207, 4954, 6152.
@NullMarked
package org.postern.smtpfront.protocol;

import org.jspecify.annotations.NullMarked;
