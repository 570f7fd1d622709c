// SPDX-License-Identifier: Apache-2.0
/// Tests of the SMTP front through its sockets, with collaborators in memory.
///
/// Security: everything listens on 127.0.0.1.
///
/// Standards: RFC 5321.
@NullMarked
package org.postern.smtpfront;

import org.jspecify.annotations.NullMarked;
