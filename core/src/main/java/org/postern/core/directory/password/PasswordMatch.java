// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.password;

/// What a comparison came to.
public enum PasswordMatch {
    RIGHT,
    WRONG,
    /// The stored form is not understood, asks for more than is allowed, or there was no time.
    UNDETERMINED
}
