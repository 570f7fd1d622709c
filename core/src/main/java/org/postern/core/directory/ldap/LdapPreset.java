// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

/// A known schema: attribute names and filters that go together. Each can be changed on its own.
public enum LdapPreset {
    /// `qmailUser` of qmail-ldap.
    QMAIL,
    /// `inetLocalMailRecipient` of sendmail's `misc.schema`, with `inetOrgPerson` for logins.
    INET_LOCAL_MAIL_RECIPIENT,
    /// `proxyAddresses` of Microsoft Active Directory and Exchange.
    ACTIVE_DIRECTORY;

    LdapSchema schema() {
        return switch (this) {
            case QMAIL ->
                new LdapSchema(
                        "(&(|(objectClass=qmailUser)(objectClass=qmailGroup))"
                                + "(|(mail={address})(mailAlternateAddress={address})))",
                        "(&(objectClass=qmailUser)(|(uid={login})(mail={login})))",
                        "(|(objectClass=qmailUser)(objectClass=qmailGroup))",
                        "mail",
                        "mailAlternateAddress",
                        "mailHost",
                        "mailMessageStore",
                        "deliveryMode",
                        "mailForwardingAddress",
                        "mailReplyText",
                        "mailQuotaSize",
                        "mailQuotaCount",
                        "mailSizeMax",
                        "accountStatus",
                        "",
                        "userPassword",
                        "authPassword",
                        true,
                        true,
                        new LdapGroupSchema(
                                "qmailGroup",
                                "dnmember",
                                "rfc822member",
                                "filtermember",
                                "membersonly",
                                "senderconfirm",
                                "dnsender",
                                "rfc822sender",
                                "filtersender",
                                "dnmoderator",
                                "rfc822moderator",
                                "bounceadmin"));
            case INET_LOCAL_MAIL_RECIPIENT ->
                new LdapSchema(
                        "(&(objectClass=inetLocalMailRecipient)(|(mailLocalAddress={address})(mail={address})))",
                        "(&(objectClass=inetLocalMailRecipient)(|(uid={login})(mail={login})))",
                        "(objectClass=inetLocalMailRecipient)",
                        "mail",
                        "mailLocalAddress",
                        "mailHost",
                        "",
                        "",
                        "mailRoutingAddress",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "userPassword",
                        "authPassword",
                        false,
                        false,
                        LdapGroupSchema.NONE);
            case ACTIVE_DIRECTORY ->
                new LdapSchema(
                        "(&(|(objectClass=user)(objectClass=contact)(objectClass=group))"
                                + "(|(proxyAddresses=smtp:{address})(mail={address})))",
                        "(&(objectClass=user)(|(sAMAccountName={login})(userPrincipalName={login})(mail={login})))",
                        "(mail=*)",
                        "mail",
                        "proxyAddresses",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "userAccountControl",
                        "",
                        "",
                        "",
                        false,
                        false,
                        // Exchange's names: who may send, the groups whose members may, and "internal senders only".
                        new LdapGroupSchema(
                                "group",
                                "member",
                                "",
                                "",
                                "",
                                "msExchRequireAuthToSendTo",
                                "authOrig",
                                "",
                                "",
                                "msExchModeratedByLink",
                                "",
                                ""));
        };
    }
}
