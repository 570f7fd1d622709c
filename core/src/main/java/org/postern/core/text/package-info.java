// SPDX-License-Identifier: Apache-2.0
/// Text from outside as people may be shown it.
///
/// Security: everything that is written into logs, tables and replies may come from an attacker; what this lets
/// through steers no terminal, ends no line and turns no reading direction.
///
/// Standards: the general categories and bidirectional controls of Unicode (UAX 44, UAX 9).
@NullMarked
package org.postern.core.text;

import org.jspecify.annotations.NullMarked;
