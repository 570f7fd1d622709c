// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

/// How a connection to an LDAP server is protected.
public enum LdapTls {
    /// In clear. For a server on the same machine or network only.
    NONE,
    /// Begins in clear and is upgraded before the bind. RFC 4511 section 4.14.
    STARTTLS,
    /// TLS from the first octet, usually port 636.
    IMPLICIT
}
