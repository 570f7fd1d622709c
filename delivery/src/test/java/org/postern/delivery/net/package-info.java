// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.delivery.net;

import org.jspecify.annotations.NullMarked;
