// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.delivery.signing;

import org.jspecify.annotations.NullMarked;
