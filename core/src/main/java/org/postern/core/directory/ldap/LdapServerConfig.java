// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.config.HostAndPort;

/// One LDAP server.
@Doc("One LDAP server. The servers are asked in the order in which they are written.")
public record LdapServerConfig(
        @Doc("host:port; 389 is usual for none and starttls, 636 for implicit.")
        HostAndPort address,

        @Doc("none, starttls or implicit. The certificate must be valid for the host's name.") @Default("starttls")
        LdapTls tls,

        @Doc("provider, or replica where it may lag behind: what a replica does not have is asked of a provider.")
        @Default("provider")
        LdapRole role) {
    public LdapServerConfig {
        if (address.port() == 0) {
            throw new IllegalArgumentException(
                    "an LDAP server needs a port; write for example " + address.host() + ":389");
        }
    }

    /// As it appears in logs: `ldaps://host:636`.
    @Override
    public String toString() {
        return switch (tls) {
            case NONE -> "ldap://" + address;
            case STARTTLS -> "ldap+starttls://" + address;
            case IMPLICIT -> "ldaps://" + address;
        };
    }
}
