// SPDX-License-Identifier: Apache-2.0
/// The links of a mail: in its text, its HTML, its PDFs and the codes in its pictures; what is wrong with
/// them, and their hosts for whoever keeps lists of hosts.
///
/// Security: reads hostile text and HTML with bounds on octets and links; PDFs and pictures are left to
/// [org.postern.scanworkers.documents]. No link is ever followed and no name looked up.
///
/// Standards: RFC 3986 and the URL Standard of WHATWG where browsers differ from it, RFC 5890, UTS 39 for mixed
/// scripts, publicsuffix.org.
@NullMarked
package org.postern.scanworkers.urls;

import org.jspecify.annotations.NullMarked;
