// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.core.text;

import org.jspecify.annotations.NullMarked;
