// SPDX-License-Identifier: Apache-2.0
/// What both handoff servers share: listening, bounds, and reading with a deadline.
///
/// Security: peers that are not on the allow-list are closed before a single octet is read; every read has a
/// deadline and a minimum rate.
///
/// Standards: none.
@NullMarked
package org.postern.delivery.net;

import org.jspecify.annotations.NullMarked;
