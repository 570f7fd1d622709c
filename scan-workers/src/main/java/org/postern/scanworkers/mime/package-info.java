// SPDX-License-Identifier: Apache-2.0
/// One walk over the parts of a message, shared by all filters that look into it.
///
/// It is deliberately more generous than RFC 2046: mail programs and scanners disagree on ambiguous messages, so it
/// finds every part that any of them might see, and says which messages are ambiguous.
///
/// Security: reads hostile content. One pass, linear in the size of the message, with bounds on parts, header octets
/// and nesting; nothing is ever executed or written.
///
/// Standards: RFC 2045, 2046, 2047, 2183, 2231; uuencode as in POSIX.
@NullMarked
package org.postern.scanworkers.mime;

import org.jspecify.annotations.NullMarked;
