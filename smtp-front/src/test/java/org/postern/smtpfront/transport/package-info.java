// SPDX-License-Identifier: Apache-2.0
/// Tests of the transport.
///
/// Security: none.
///
/// Standards: RFC 5321.
@NullMarked
package org.postern.smtpfront.transport;

import org.jspecify.annotations.NullMarked;
