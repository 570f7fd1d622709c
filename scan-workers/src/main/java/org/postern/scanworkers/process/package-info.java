// SPDX-License-Identifier: Apache-2.0
/// Child processes for work on hostile data: niced, limited, killed at the deadline with all they started.
///
/// Security: no shell is involved, arguments are never made from mail; data goes through standard input. What a child
/// answers is as hostile as what it was given.
///
/// Standards: POSIX; the programs nice (coreutils), setsid and prlimit (util-linux); proc(5).
@NullMarked
package org.postern.scanworkers.process;

import org.jspecify.annotations.NullMarked;
