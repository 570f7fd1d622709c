// SPDX-License-Identifier: Apache-2.0
/// Who is a recipient here, who may log in, and where a mailbox lives; every answer has three values.
///
/// Security: a directory that cannot answer says `Undetermined`, which callers map to a temporary failure, never to
/// "unknown user".
///
/// Standards: RFC 5321 section 3.6 and 4.1.1.3 (recipients), RFC 5803 (stored SCRAM secrets).
@NullMarked
package org.postern.core.directory;

import org.jspecify.annotations.NullMarked;
