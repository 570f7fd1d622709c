// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.core.limits;

import org.jspecify.annotations.NullMarked;
