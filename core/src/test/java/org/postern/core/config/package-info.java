// SPDX-License-Identifier: Apache-2.0
/// Tests of the configuration reader.
///
/// Security: hostile text is read here on purpose.
///
/// Standards: YAML 1.2.2.
@NullMarked
package org.postern.core.config;

import org.jspecify.annotations.NullMarked;
