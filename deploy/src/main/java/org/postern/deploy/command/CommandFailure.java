// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

/// A command that tried and failed, with one line that says why.
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailure(String message) {
        super(message);
    }
}
