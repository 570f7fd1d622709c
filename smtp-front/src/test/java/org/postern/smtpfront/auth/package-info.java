// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.postern.smtpfront.auth;

import org.jspecify.annotations.NullMarked;
