// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;

/// A sync failed: what was written since the last one may be lost, and no later sync will tell.
final class SyncException extends IOException {
    private static final long serialVersionUID = 1L;

    SyncException(IOException cause) {
        super("a sync failed: " + cause.getMessage(), cause);
    }
}
