// SPDX-License-Identifier: Apache-2.0
/// The names of attachments, and of the files in zip archives: what must not be sent by mail, and names that lie.
///
/// Security: reads hostile structure and names; bounded in parts, nesting, names and octets. Names are compared, never
/// used as paths.
///
/// Standards: RFC 2183, 2231, 2047; the zip format as in APPNOTE 6.3.
@NullMarked
package org.postern.scanworkers.attachments;

import org.jspecify.annotations.NullMarked;
