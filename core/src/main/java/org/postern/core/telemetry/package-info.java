// SPDX-License-Identifier: Apache-2.0
/// What an operator can ask afterwards: one decision record for every mail transaction.
///
/// Security: records name engines, backends and settings, so they go to the log and to the operator, never to an
/// SMTP client.
///
/// Standards: none.
@NullMarked
package org.postern.core.telemetry;

import org.jspecify.annotations.NullMarked;
