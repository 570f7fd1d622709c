// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.smtpfront.admission;

import org.jspecify.annotations.NullMarked;
