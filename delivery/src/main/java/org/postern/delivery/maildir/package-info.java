// SPDX-License-Identifier: Apache-2.0
/// Delivery into Maildir folders.
///
/// Security: folder names come from the directory, never from the mail; symbolic links below the mail folder are
/// refused, and so are folders that belong to others, who could put one there meanwhile. A user's own files in his
/// mailbox (`maildirsize`) are not believed beyond his quota.
///
/// Standards: Maildir (Bernstein), RFC 5321 section 4.4 (Return-Path), Maildir++ (Varshavchik).
@NullMarked
package org.postern.delivery.maildir;

import org.jspecify.annotations.NullMarked;
