// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;

/// A stored mail does not prove itself: its octets are not the ones that were acknowledged.
public final class DamagedMailException extends IOException {
    private static final long serialVersionUID = 1L;

    public DamagedMailException(String message) {
        super(message);
    }
}
