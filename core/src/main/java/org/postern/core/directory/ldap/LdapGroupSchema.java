// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import java.util.stream.Stream;

/// How a schema writes groups. An empty object class means that it has none; an empty name, that it lacks that
/// attribute.
///
/// @param objectClass what tells a group from an account
/// @param memberDn members by distinguished name
/// @param memberAddress members by address
/// @param memberFilter members by search filter
/// @param membersOnly `TRUE`: only members may write
/// @param login `TRUE`: only who has logged in may write
/// @param senderDn who else may write, by distinguished name; the members, where it is a group
/// @param senderAddress who else may write, by address
/// @param senderFilter who else may write, by search filter
/// @param moderatorDn moderators by distinguished name
/// @param moderatorAddress moderators by address
/// @param bounces where bounces go
record LdapGroupSchema(
        String objectClass,
        String memberDn,
        String memberAddress,
        String memberFilter,
        String membersOnly,
        String login,
        String senderDn,
        String senderAddress,
        String senderFilter,
        String moderatorDn,
        String moderatorAddress,
        String bounces) {
    /// A schema without groups.
    static final LdapGroupSchema NONE = new LdapGroupSchema("", "", "", "", "", "", "", "", "", "", "", "");

    /// What a look-up must ask for to read a group.
    Stream<String> attributes() {
        return objectClass.isEmpty()
                ? Stream.of()
                : Stream.of(
                        memberDn,
                        memberAddress,
                        memberFilter,
                        membersOnly,
                        login,
                        senderDn,
                        senderAddress,
                        senderFilter,
                        moderatorDn,
                        moderatorAddress,
                        bounces);
    }
}
