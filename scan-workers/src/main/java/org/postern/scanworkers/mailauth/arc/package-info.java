// SPDX-License-Identifier: Apache-2.0
/// The chain of what earlier hops found out about a message, and a new link for it.
///
/// Security: a valid chain only says who vouches for what; whether to believe them is not decided here. Instances
/// are bounded, and so are look-ups.
///
/// Standards: RFC 8617.
@NullMarked
package org.postern.scanworkers.mailauth.arc;

import org.jspecify.annotations.NullMarked;
