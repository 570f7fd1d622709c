// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

/// Something of the machine that Postern needs cannot be had: a port, a folder, memory. The message is one line that
/// says what to do.
public final class ResourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ResourceException(String message, Throwable cause) {
        super(message, cause);
    }

    public ResourceException(String message) {
        super(message);
    }
}
