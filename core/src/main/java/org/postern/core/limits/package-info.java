// SPDX-License-Identifier: Apache-2.0
/// Bounds shared by all parts: deadlines and byte sizes.
///
/// Security: nothing in Postern waits or grows without one of these.
///
/// Standards: none.
@NullMarked
package org.postern.core.limits;

import org.jspecify.annotations.NullMarked;
