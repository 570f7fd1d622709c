// SPDX-License-Identifier: Apache-2.0
/// Typed configuration: one YAML file read into records, with every problem reported at once.
///
/// Security: the file is the administrator's; values marked as secret never appear in messages.
///
/// Standards: YAML 1.2.2, read as its failsafe schema: what a word means, the setting decides.
@NullMarked
package org.postern.core.config;

import org.jspecify.annotations.NullMarked;
