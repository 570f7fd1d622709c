// SPDX-License-Identifier: Apache-2.0
/// The standard QMQP: netstring codec, client and server.
///
/// Security: anybody on the allow-list can inject mail, nobody else; every length is checked before a buffer is
/// made, every connection has deadlines and a minimum data rate.
///
/// Standards: QMQP and netstrings (Bernstein, 1997 and 1998).
@NullMarked
package org.postern.delivery.qmqp;

import org.jspecify.annotations.NullMarked;
