// SPDX-License-Identifier: Apache-2.0
/// A bounded pool of backends of one engine: who is asked next, who is left alone, and what is known of each.
///
/// Security: a backend may hang, lie or die. A place in the pool stays taken until the *backend* is done, so that
/// retries of a sender never pile up scans; a backend is used only after it has proven that it does its work.
///
/// Standards: none.
@NullMarked
package org.postern.scanworkers.pool;

import org.jspecify.annotations.NullMarked;
