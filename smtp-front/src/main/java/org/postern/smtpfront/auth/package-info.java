// SPDX-License-Identifier: Apache-2.0
/// SASL mechanisms as exchanges of octets.
///
/// Security: secrets are read here and given to the directory only; nothing is logged.
///
/// Standards: RFC 4422, 4616, 4954, 5056, 5802, 5929, 7628, 7677, 9266.
@NullMarked
package org.postern.smtpfront.auth;

import org.jspecify.annotations.NullMarked;
