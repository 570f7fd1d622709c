// SPDX-License-Identifier: Apache-2.0
/// Stored passwords: which forms are understood, and how a password is compared with one.
///
/// Security: comparisons take the same time wherever the first difference is; the cost that a stored form may ask
/// for is bounded, and so is the number of comparisons at one time. Passwords and stored forms never appear in
/// messages.
///
/// Standards: RFC 2307 section 5.3 and RFC 3112 (how they are written), RFC 5803 (SCRAM), RFC 9106 (Argon2), RFC 8018
/// (PBKDF2).
@NullMarked
package org.postern.core.directory.password;

import org.jspecify.annotations.NullMarked;
