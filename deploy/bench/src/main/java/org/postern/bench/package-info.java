// SPDX-License-Identifier: Apache-2.0
/// The benchmark rig: the same unique messages to Postern and to Postfix, in alternating rounds of one run.
///
/// Security: runs on loopback only, in private folders, and removes what it made.
///
/// Standards: RFC 5321 (the load is plain SMTP).
@NullMarked
package org.postern.bench;

import org.jspecify.annotations.NullMarked;
