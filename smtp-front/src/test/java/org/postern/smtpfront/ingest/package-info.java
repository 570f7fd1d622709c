// SPDX-License-Identifier: Apache-2.0
/// Tests of the reader of messages.
///
/// Security: none.
///
/// Standards: RFC 5321.
@NullMarked
package org.postern.smtpfront.ingest;

import org.jspecify.annotations.NullMarked;
