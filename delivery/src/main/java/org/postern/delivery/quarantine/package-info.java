// SPDX-License-Identifier: Apache-2.0
/// Mail that is kept apart and never delivered by itself.
///
/// Security: content here is hostile; it is only ever copied as bytes.
///
/// Standards: none.
@NullMarked
package org.postern.delivery.quarantine;

import org.jspecify.annotations.NullMarked;
