// SPDX-License-Identifier: Apache-2.0
/// Phrases and regular expressions over header, text, envelope and attachments, each with a score.
///
/// Security: expressions run on RE2/J, in time linear to the text, over a bounded amount of decoded text. The rule
/// file is the administrator's. The recognition of EICAR here is a rule like the others: it is no virus scanner
/// and never claims to be one.
///
/// Standards: the syntax of expressions is RE2's; MIME as in [org.postern.scanworkers.mime].
@NullMarked
package org.postern.scanworkers.rules;

import org.jspecify.annotations.NullMarked;
