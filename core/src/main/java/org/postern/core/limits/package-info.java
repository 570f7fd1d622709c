// SPDX-License-Identifier: Apache-2.0
/// Bounds shared by all parts: deadlines, sizes, rates, and how many logins may fail.
///
/// Security: nothing in Postern waits or grows without one of these.
///
/// Standards: none.
@NullMarked
package org.postern.core.limits;

import org.jspecify.annotations.NullMarked;
