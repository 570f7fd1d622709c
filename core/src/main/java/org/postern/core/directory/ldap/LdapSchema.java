// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// The filters and attribute names in use; an empty name means that the schema has no such attribute.
///
/// @param recipientFilter with `{address}`, `{local}` and `{domain}`
/// @param loginFilter with `{login}`
/// @param accountFilter every account, for the health probe and for listing
/// @param forwardingKeepsCopy whether an entry that forwards also delivers to its mailbox
/// @param catchAll whether catch-all and extension look-ups are done as in qmail-ldap
/// @param groups how groups are written
record LdapSchema(
        String recipientFilter,
        String loginFilter,
        String accountFilter,
        String mail,
        String alternate,
        String mailHost,
        String messageStore,
        String deliveryMode,
        String forwarding,
        String replyText,
        String quotaSize,
        String quotaCount,
        String sizeMax,
        String status,
        String delegation,
        String password,
        String scram,
        boolean forwardingKeepsCopy,
        boolean catchAll,
        LdapGroupSchema groups) {

    /// What a look-up of a recipient asks for.
    String[] accountAttributes() {
        Stream<String> own = Stream.of(
                "objectClass",
                mail,
                alternate,
                mailHost,
                messageStore,
                deliveryMode,
                forwarding,
                replyText,
                quotaSize,
                quotaCount,
                sizeMax,
                status,
                delegation);
        return named(Stream.concat(own, groups.attributes()));
    }

    /// What a login needs besides.
    String[] loginAttributes() {
        return named(Stream.concat(Stream.of(accountAttributes()), Stream.of(password, scram)));
    }

    private static String[] named(Stream<String> names) {
        Set<String> distinct = new LinkedHashSet<>();
        names.filter(name -> !name.isEmpty()).forEach(distinct::add);
        return distinct.toArray(String[]::new);
    }

    /// Active Directory keeps the status as bits.
    boolean statusIsBits() {
        return status.toLowerCase(Locale.ROOT).equals("useraccountcontrol");
    }

    List<String> filters() {
        return List.of(recipientFilter, loginFilter, accountFilter);
    }
}
