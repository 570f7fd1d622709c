// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

/// How lines end in a delivered file.
public enum LineEndings {
    /// As they came; over SMTP that is CRLF.
    KEEP,
    /// CRLF becomes LF, which old mail programs on Unix expect.
    LF
}
