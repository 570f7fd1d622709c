// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.LDAPException;

/// Checks of names that an administrator writes.
final class LdapNames {
    private LdapNames() {}

    static void checkDn(String setting, String text) {
        try {
            new DN(text);
        } catch (LDAPException e) {
            throw new IllegalArgumentException(
                    setting + ": \"" + text
                            + "\" is not a distinguished name; write for example ou=people,dc=example,dc=org",
                    e);
        }
    }
}
