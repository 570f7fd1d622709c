// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.core.handoff;

import org.jspecify.annotations.NullMarked;
