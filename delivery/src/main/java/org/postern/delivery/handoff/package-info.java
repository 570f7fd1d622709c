// SPDX-License-Identifier: Apache-2.0
/// The handoff protocol between Postern's fronts and stores: QMQP's answers with an identity, a deadline and a
/// memory.
///
/// Security: fronts on the allow-list may hand over any mail; every frame is bounded, every connection has
/// deadlines.
///
/// Standards: `docs/reference/handoff.md`.
@NullMarked
package org.postern.delivery.handoff;

import org.jspecify.annotations.NullMarked;
