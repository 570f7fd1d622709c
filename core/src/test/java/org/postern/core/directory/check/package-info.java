// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.core.directory.check;

import org.jspecify.annotations.NullMarked;
