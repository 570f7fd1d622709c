// SPDX-License-Identifier: Apache-2.0
/// Finds what is wrong with the accounts as a whole: forwardings that end nowhere or in a circle, unknown stores.
///
/// Security: reads only; for the administrator.
///
/// Standards: none.
@NullMarked
package org.postern.core.directory.check;

import org.jspecify.annotations.NullMarked;
