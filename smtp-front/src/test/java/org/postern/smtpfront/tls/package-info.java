// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.smtpfront.tls;

import org.jspecify.annotations.NullMarked;
