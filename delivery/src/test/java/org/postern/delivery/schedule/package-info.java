// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.delivery.schedule;

import org.jspecify.annotations.NullMarked;
