// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

/// What a server's "no such entry" is worth.
public enum LdapRole {
    /// Has everything: its "no such entry" is an answer.
    PROVIDER,
    /// May lag behind: what it has is an answer, what it has not is asked of a provider.
    REPLICA
}
