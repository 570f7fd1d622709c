// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.scanworkers.mailauth;

import org.jspecify.annotations.NullMarked;
