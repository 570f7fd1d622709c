// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.core.mail.MailAddress;

/// Members as they are gathered, nobody twice. Used by one thread.
final class GroupMembers {
    /// A group with more is not usable: a mail to it would be more than one store's delivery can bear.
    static final int MEMBERS_MAX = 10_000;

    private final Map<MailAddress, MailAddress> written = new LinkedHashMap<>();
    private final Set<MailAddress> senders = new LinkedHashSet<>();

    /// @param address where the member's mail goes
    /// @param own every address the member may write from
    void add(MailAddress address, Collection<MailAddress> own) {
        written.putIfAbsent(address.foldedCase(), address);
        own.forEach(each -> senders.add(each.foldedCase()));
        if (written.size() > MEMBERS_MAX) {
            throw new IllegalArgumentException("it has more than " + MEMBERS_MAX + " members");
        }
    }

    List<MailAddress> addresses() {
        return new ArrayList<>(written.values());
    }

    /// Every address that a member may write from.
    Set<MailAddress> senders() {
        return senders;
    }
}
