// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import java.util.Optional;
import org.postern.core.config.Doc;

/// What differs from the preset. An attribute written as "" is not used at all.
@Doc("What differs from the preset; an attribute written as \"\" is not used at all.")
public record LdapSchemaConfig(
        @Doc("Filter that finds a recipient; {address}, {local} and {domain} stand for the values.")
        Optional<String> recipientFilter,

        @Doc("Filter that finds who logs in; {login} stands for the name.")
        Optional<String> loginFilter,

        @Doc("Filter that every account matches; for the health probe and for listing.")
        Optional<String> accountFilter,

        @Doc("Attribute with the main address.") Optional<String> mail,
        @Doc("Attribute with further addresses.") Optional<String> alternate,
        @Doc("Attribute with the host of the store.") Optional<String> mailHost,
        @Doc("Attribute with the mailbox folder.") Optional<String> messageStore,

        @Doc("Attribute with delivery modes as in qmail-ldap.")
        Optional<String> deliveryMode,

        @Doc("Attribute with the addresses mail is forwarded to.")
        Optional<String> forwarding,

        @Doc("Attribute with the text of automatic replies.")
        Optional<String> replyText,

        @Doc("Attribute with the mailbox quota in octets.") Optional<String> quotaSize,

        @Doc("Attribute with the mailbox quota in messages.")
        Optional<String> quotaCount,

        @Doc("Attribute with the size limit of one mail in octets.")
        Optional<String> sizeMax,

        @Doc("Attribute with the account's status: qmail-ldap's words, or the bits of userAccountControl.")
        Optional<String> status,

        @Doc("Attribute with addresses of others that the account may send as.")
        Optional<String> delegation,

        @Doc("Attribute with stored passwords (RFC 2307).") Optional<String> password,

        @Doc("Attribute with SCRAM credentials (RFC 5803); where it is set, logins by SCRAM are offered.")
        Optional<String> scram,

        @Doc("on or off: an entry that forwards also delivers to its own mailbox.")
        Optional<LdapSwitch> forwardingKeepsCopy,

        @Doc("on or off: name-catchall@domain and catchall@domain catch what nobody else has, as in qmail-ldap.")
        Optional<LdapSwitch> catchAll,

        @Doc("How groups are written.") LdapGroupConfig groups) {
    /// The preset as it is.
    public static final LdapSchemaConfig PRESET = new LdapSchemaConfig(
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
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            LdapGroupConfig.PRESET);

    LdapSchema over(LdapSchema preset) {
        return new LdapSchema(
                recipientFilter.orElse(preset.recipientFilter()),
                loginFilter.orElse(preset.loginFilter()),
                accountFilter.orElse(preset.accountFilter()),
                mail.orElse(preset.mail()),
                alternate.orElse(preset.alternate()),
                mailHost.orElse(preset.mailHost()),
                messageStore.orElse(preset.messageStore()),
                deliveryMode.orElse(preset.deliveryMode()),
                forwarding.orElse(preset.forwarding()),
                replyText.orElse(preset.replyText()),
                quotaSize.orElse(preset.quotaSize()),
                quotaCount.orElse(preset.quotaCount()),
                sizeMax.orElse(preset.sizeMax()),
                status.orElse(preset.status()),
                delegation.orElse(preset.delegation()),
                password.orElse(preset.password()),
                scram.orElse(preset.scram()),
                forwardingKeepsCopy.map(LdapSwitch.ON::equals).orElse(preset.forwardingKeepsCopy()),
                catchAll.map(LdapSwitch.ON::equals).orElse(preset.catchAll()),
                groups.over(preset.groups()));
    }
}
