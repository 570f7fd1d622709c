// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.core.directory.password;

import org.jspecify.annotations.NullMarked;
