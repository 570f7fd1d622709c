// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.IOException;

/// The peer does not speak this protocol.
final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    ProtocolException(String message) {
        super(message);
    }
}
