// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.core.reply;

import org.jspecify.annotations.NullMarked;
