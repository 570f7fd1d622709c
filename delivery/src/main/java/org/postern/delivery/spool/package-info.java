// SPDX-License-Identifier: Apache-2.0
/// Durable keeping of accepted mail: one self-verifying file a mail, and the promise that what was said yes to is
/// kept.
///
/// Where to begin: [FileSpool] is what [SpoolStore] promises, over files. A mail comes in by [Intake],
/// [Acceptance] and [FilePut]. What stands on the disk: [SpoolFolder], and in a file [MailHeader], the body,
/// [EndRecord] and [StateRecord], which [SpoolFile] reads (docs/internals/spool.md). What was taken before:
/// [HandoffMemory] over [DedupLog]. What is due: [SpoolIndex], of which deliveries claim mails by [Leases].
/// After a crash: [Recovery]. Without a store: [SpoolTool].
///
/// Security: the spool folder belongs to this process alone; symbolic links are never followed, and a file that
/// does not prove itself is set apart, never delivered.
///
/// Standards: RFC 5321 section 6.1 (reliable delivery), RFC 1047 (duplicate messages).
@NullMarked
package org.postern.delivery.spool;

import org.jspecify.annotations.NullMarked;
