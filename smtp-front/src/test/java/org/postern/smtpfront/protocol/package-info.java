// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.smtpfront.protocol;

import org.jspecify.annotations.NullMarked;
