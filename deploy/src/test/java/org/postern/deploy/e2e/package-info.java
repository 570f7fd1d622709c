// SPDX-License-Identifier: Apache-2.0
/// End-to-end tests: they know Postern only as the packaged server, through its command line, its sockets and its
/// files.
///
/// Security: everything listens on the loopback interface.
///
/// Standards: RFC 5321 as spoken by an independent small client.
@NullMarked
package org.postern.deploy.e2e;

import org.jspecify.annotations.NullMarked;
