// SPDX-License-Identifier: Apache-2.0
/// Attachments: names that must not be sent or that lie, content of another kind than the name says, and what lies in
/// archives and documents.
///
/// Security: reads hostile structure, names and archives; bounded in parts, nesting, names, files, octets, ratio and
/// time. What is beyond a bound is a finding. Names are compared, never used as paths; everything is unpacked in
/// memory, nothing is written or run.
///
/// Standards: RFC 2183, 2231, 2047; APPNOTE 6.3 (zip), POSIX pax (tar), RFC 1952 (gzip); [MS-CAB] and [MS-MCI];
/// ECMA-119 with Joliet and Rock Ridge (ISO 9660), ECMA-167 (UDF); [MS-CFB], [MS-OXMSG], [MS-OXTNEF], [MS-OFFCRYPTO];
/// ECMA-376, ISO 32000-1 as far as encryption and macros are told from the outside.
@NullMarked
package org.postern.scanworkers.attachments;

import org.jspecify.annotations.NullMarked;
