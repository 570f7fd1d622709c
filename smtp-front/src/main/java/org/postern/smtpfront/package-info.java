// SPDX-License-Identifier: Apache-2.0
/// The SMTP server of one farm: [org.postern.smtpfront.SmtpFront] and its settings.
///
/// Security: everything a client sends is hostile until it was checked; the front keeps nothing on disk but
/// unlinked files in its temp folder.
///
/// Standards: RFC 5321 and the extensions listed in `docs/reference/smtp.md`.
@NullMarked
package org.postern.smtpfront;

import org.jspecify.annotations.NullMarked;
