// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.IOException;
import java.io.InputStream;

/// Whoever looks at the files in an archive.
@FunctionalInterface
interface FilesInside {
    /// @param depth of the archive
    void look(String name, InputStream in, int depth) throws IOException;
}
