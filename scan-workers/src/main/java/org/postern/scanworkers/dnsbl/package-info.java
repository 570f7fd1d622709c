// SPDX-License-Identifier: Apache-2.0
/// Lists of addresses and domains that others keep in DNS: block lists and allow lists.
///
/// Security: a list can say only what it was configured to say. Other answers are errors, and a list that lies about
/// its own test points is not asked any more until it tells the truth again.
///
/// Standards: RFC 5782.
@NullMarked
package org.postern.scanworkers.dnsbl;

import org.jspecify.annotations.NullMarked;
