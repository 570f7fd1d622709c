// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.core.filter;

import org.jspecify.annotations.NullMarked;
