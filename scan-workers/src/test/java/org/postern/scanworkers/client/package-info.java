// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.scanworkers.client;

import org.jspecify.annotations.NullMarked;
