// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

/// Who compares passwords.
public enum PasswordCheck {
    /// The LDAP server, by a bind with the entry's name and the password.
    BIND,
    /// Postern, with the hash that the entry stores.
    STORED
}
