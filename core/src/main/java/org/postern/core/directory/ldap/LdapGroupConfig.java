// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import java.util.Optional;
import org.postern.core.config.Doc;

/// What differs from the preset in how groups are written.
@Doc("How groups are written; an attribute written as \"\" is not used at all.")
public record LdapGroupConfig(
        @Doc("Object class that tells a group from an account; empty where there are no groups.")
        Optional<String> objectClass,

        @Doc("Attribute with members by distinguished name.")
        Optional<String> memberDn,

        @Doc("Attribute with members by address.") Optional<String> memberAddress,

        @Doc("Attribute with members by search filter.") Optional<String> memberFilter,

        @Doc("Attribute that is TRUE where only members may write.")
        Optional<String> membersOnly,

        @Doc("Attribute that is TRUE where only who has logged in may write.")
        Optional<String> login,

        @Doc("Attribute with further writers by distinguished name; of a group, its members.")
        Optional<String> senderDn,

        @Doc("Attribute with further writers by address.") Optional<String> senderAddress,

        @Doc("Attribute with further writers by search filter.")
        Optional<String> senderFilter,

        @Doc("Attribute with moderators by distinguished name.")
        Optional<String> moderatorDn,

        @Doc("Attribute with moderators by address.") Optional<String> moderatorAddress,
        @Doc("Attribute with the address for bounces.") Optional<String> bounces) {
    static final LdapGroupConfig PRESET = new LdapGroupConfig(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    LdapGroupSchema over(LdapGroupSchema preset) {
        return new LdapGroupSchema(
                objectClass.orElse(preset.objectClass()),
                memberDn.orElse(preset.memberDn()),
                memberAddress.orElse(preset.memberAddress()),
                memberFilter.orElse(preset.memberFilter()),
                membersOnly.orElse(preset.membersOnly()),
                login.orElse(preset.login()),
                senderDn.orElse(preset.senderDn()),
                senderAddress.orElse(preset.senderAddress()),
                senderFilter.orElse(preset.senderFilter()),
                moderatorDn.orElse(preset.moderatorDn()),
                moderatorAddress.orElse(preset.moderatorAddress()),
                bounces.orElse(preset.bounces()));
    }
}
