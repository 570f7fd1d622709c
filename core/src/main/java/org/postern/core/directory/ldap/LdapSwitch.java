// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

/// A setting that overrides one of the preset's.
public enum LdapSwitch {
    ON,
    OFF
}
