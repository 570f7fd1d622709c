// SPDX-License-Identifier: Apache-2.0
/// JSON lines: decision records, and what a running server and the `postern` command say to each other.
///
/// Security: what is read comes from the control socket's own user; nesting and aliases are bounded all the same.
///
/// Standards: RFC 8259.
@NullMarked
package org.postern.core.json;

import org.jspecify.annotations.NullMarked;
