// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.io.IOException;
import java.io.InputStream;

/// Octets to be scanned, which can be read more than once.
@FunctionalInterface
interface ContentSource {
    InputStream open() throws IOException;
}
