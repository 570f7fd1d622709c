// SPDX-License-Identifier: Apache-2.0
/// Accounts in an LDAP directory: the qmail-ldap schema as it is, and others by preset.
///
/// Where to begin: [LdapDirectory] answers look-ups; it asks for the addresses of [Candidates] at [LdapServers],
/// each an [LdapServer] with its [LdapPool] and [LdapHealth], and makes an account of what it finds by
/// [EntryReader] and [LdapGroups]. Logins: [LdapLogin]. Attribute names: [LdapSchema] and [LdapPreset].
///
/// Security: filters are built from values, never from text put together; the server's certificate is verified;
/// passwords are checked on connections of their own. What the directory's entries say is trusted as far as the
/// administrator trusts who may write them: a value that makes no sense gives `Undetermined`, never another folder.
///
/// Standards: RFC 4511 (protocol), RFC 4513 (binds, StartTLS), RFC 4515 (filters), RFC 2696 (paged results).
@NullMarked
package org.postern.core.directory.ldap;

import org.jspecify.annotations.NullMarked;
