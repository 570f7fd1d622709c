// SPDX-License-Identifier: Apache-2.0
/// The `postern` command.
///
/// Security: runs with the rights of whoever starts it; writes passwords only as hashes.
///
/// Standards: none.
@NullMarked
package org.postern.deploy.command;

import org.jspecify.annotations.NullMarked;
