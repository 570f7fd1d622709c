// SPDX-License-Identifier: Apache-2.0
/// The contract between a front and the store: one mail, one id, one of three answers.
///
/// Security: the answer `Accepted` is given only for mail that is durable; `Indeterminate` is never read as yes
/// or as no.
///
/// Standards: modelled on QMQP (Bernstein, 1998), to which it adds an identity and a deadline.
@NullMarked
package org.postern.core.handoff;

import org.jspecify.annotations.NullMarked;
