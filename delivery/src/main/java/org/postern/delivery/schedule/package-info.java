// SPDX-License-Identifier: Apache-2.0
/// Where each mail goes, when it is tried next, and by how many at once.
///
/// Security: bounded concurrency; no failure of one destination or one mail stops the others.
///
/// Standards: RFC 5321 section 4.5.4.1 (retry strategy).
@NullMarked
package org.postern.delivery.schedule;

import org.jspecify.annotations.NullMarked;
