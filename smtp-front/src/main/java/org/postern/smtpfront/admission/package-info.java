// SPDX-License-Identifier: Apache-2.0
/// Who is let in, how fast, and what is told to those who are not: counts, rates, lists, greylisting, back-pressure.
///
/// Security: everything here is asked by clients nobody knows yet. Every table has a bound, nothing here blocks, and
/// what a list allows is never spared the filters.
///
/// Standards: RFC 5321 sections 3.1, 4.5.3.2 and 7.8, RFC 6647 (greylisting).
@NullMarked
package org.postern.smtpfront.admission;

import org.jspecify.annotations.NullMarked;
