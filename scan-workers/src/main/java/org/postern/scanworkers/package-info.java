// SPDX-License-Identifier: Apache-2.0
/// The filters of Postern: what looks at mails, how it is run, and the list of what is built in.
///
/// Security: everything below reads hostile mail; see each package.
///
/// Standards: see each package.
@NullMarked
package org.postern.scanworkers;

import org.jspecify.annotations.NullMarked;
