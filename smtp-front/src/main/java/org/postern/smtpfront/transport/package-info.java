// SPDX-License-Identifier: Apache-2.0
/// The only place that knows Netty: sockets, event loops, and one virtual thread per connection that has work.
///
/// Security: reachable by everybody; bounds what a peer can make us hold before anything is parsed.
///
/// Standards: RFC 9293 (TCP), RFC 3207 (STARTTLS).
@NullMarked
package org.postern.smtpfront.transport;

import org.jspecify.annotations.NullMarked;
