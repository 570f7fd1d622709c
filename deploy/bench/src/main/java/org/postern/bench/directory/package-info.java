// SPDX-License-Identifier: Apache-2.0
/// Measures look-ups in the directory: cached ones with JMH, cold ones against a real slapd.
///
/// Security: for a machine where nothing else is at stake; stays on loopback.
///
/// Standards: none.
@NullMarked
package org.postern.bench.directory;

import org.jspecify.annotations.NullMarked;
