// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.delivery.dsn;

import org.jspecify.annotations.NullMarked;
