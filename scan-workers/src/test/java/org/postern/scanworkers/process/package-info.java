// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.scanworkers.process;

import org.jspecify.annotations.NullMarked;
