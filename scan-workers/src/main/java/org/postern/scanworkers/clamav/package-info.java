// SPDX-License-Identifier: Apache-2.0
/// The virus scanner ClamAV: mails go to one of several clamd over TCP or UNIX sockets.
///
/// Security: a clamd is trusted to tell the truth, but not to be alive: every reply is bounded and read strictly, every
/// wait ends, and only `stream: OK` from a clamd that has just proven to find the EICAR test file, for a mail not
/// larger than what it proved to look through, counts as clean.
///
/// Standards: the protocol of clamd(8).
@NullMarked
package org.postern.scanworkers.clamav;

import org.jspecify.annotations.NullMarked;
