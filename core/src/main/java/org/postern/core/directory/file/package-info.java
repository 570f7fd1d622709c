// SPDX-License-Identifier: Apache-2.0
/// The directory that is one readable file: domains, accounts and password hashes of a small site.
///
/// Security: passwords are stored hashed and compared in constant time; a login without an account costs as much as
/// one with a wrong password; how many are hashed at once is bounded. Hashes never appear in messages.
///
/// Standards: RFC 5803 and RFC 7677 (stored secrets), RFC 5802 section 2.2 and 3 (how they are made), RFC 5321
/// section 4.5.1 (postmaster).
@NullMarked
package org.postern.core.directory.file;

import org.jspecify.annotations.NullMarked;
