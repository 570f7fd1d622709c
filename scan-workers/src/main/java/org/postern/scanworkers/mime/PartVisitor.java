// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.IOException;
import java.io.InputStream;

/// Looks at the parts of a message, in the order they stand.
@FunctionalInterface
public interface PartVisitor {
    /// Shows one part. The stream holds the decoded body, ends with the part, and may be left unread.
    void part(MimePart part, InputStream decoded) throws IOException;
}
