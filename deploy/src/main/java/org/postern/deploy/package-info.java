// SPDX-License-Identifier: Apache-2.0
/// Postern as a whole: one configuration, one facade that runs any of its roles inside a program.
///
/// Security: what listens, listens only where the configuration says so; the management port is loopback by default.
///
/// Standards: none of its own.
@NullMarked
package org.postern.deploy;

import org.jspecify.annotations.NullMarked;
