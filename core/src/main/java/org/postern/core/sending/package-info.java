// SPDX-License-Identifier: Apache-2.0
/// What an account may send: quotas in an hour and a day, shared by a farm where there is a Redis or
/// Valkey, and what is done when an account sends far more than it is used to.
///
/// Security: an account whose password was stolen can send no more than its quota, and what goes beyond its
/// habit is held for a person to look at. A counter that cannot be reached never refuses mail: the local
/// one goes on.
///
/// Standards: RFC 5321 section 4.2.3 and RFC 3463 section 3.8 (450 4.7.1).
@NullMarked
package org.postern.core.sending;

import org.jspecify.annotations.NullMarked;
