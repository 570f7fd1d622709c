// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.scanworkers.urls;

import org.jspecify.annotations.NullMarked;
