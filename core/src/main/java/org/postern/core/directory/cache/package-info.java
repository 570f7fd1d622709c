// SPDX-License-Identifier: Apache-2.0
/// Remembers a directory's answers, so that it is asked seldom, and can be down for a while.
///
/// Security: what is remembered of a password is a salted digest under a key of this process, for seconds. "Unknown" is
/// never served longer than its short time; only what was known is served while the directory is down.
///
/// Standards: none.
@NullMarked
package org.postern.core.directory.cache;

import org.jspecify.annotations.NullMarked;
