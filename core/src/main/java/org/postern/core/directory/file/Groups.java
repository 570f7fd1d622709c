// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.file;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.core.directory.Account;
import org.postern.core.directory.AccountLimits;
import org.postern.core.directory.AccountStatus;
import org.postern.core.directory.Delivery;
import org.postern.core.directory.GroupRules;
import org.postern.core.mail.MailAddress;

/// Makes accounts of the groups in the file; groups inside groups are resolved once, here.
final class Groups {
    private final Map<MailAddress, WrittenGroup> groups = new LinkedHashMap<>();
    private final Map<MailAddress, MailAddress> names = new LinkedHashMap<>();
    private final Map<MailAddress, Account> accounts;

    /// @param accounts by every folded address they have
    Groups(Map<MailAddress, WrittenGroup> written, Map<MailAddress, Account> accounts) {
        this.accounts = accounts;
        written.forEach((address, group) -> {
            MailAddress folded = address.foldedCase();
            groups.put(folded, group);
            names.put(folded, folded);
            group.aliases().forEach(alias -> names.put(alias.foldedCase(), folded));
        });
    }

    /// Throws `IllegalArgumentException` where a group has nobody in it.
    Account account(MailAddress address, WrittenGroup group) {
        MailAddress name = address.foldedCase();
        Map<MailAddress, MailAddress> members = new LinkedHashMap<>();
        expand(group, members, new HashSet<>(Set.of(name)));
        if (members.isEmpty()) {
            throw new IllegalArgumentException("is a group without members: its mail would go nowhere");
        }
        return new Account(
                name,
                new LinkedHashSet<>(group.aliases()),
                Account.defaultMailbox(name),
                AccountStatus.ACTIVE,
                Optional.empty(),
                new Delivery.Group(List.copyOf(members.values()), rules(group, members.keySet())),
                Optional.empty(),
                AccountLimits.NONE,
                Set.of());
    }

    /// A group that was seen already is not followed again, so circles end; their number bounds the depth.
    private void expand(WrittenGroup group, Map<MailAddress, MailAddress> members, Set<MailAddress> seen) {
        for (MailAddress member : group.members()) {
            MailAddress inner = names.get(member.foldedCase());
            WrittenGroup nested = inner == null ? null : groups.get(inner);
            if (inner == null || nested == null) {
                members.putIfAbsent(member.foldedCase(), member);
            } else if (seen.add(inner)) {
                if (nested.hasRules()) {
                    // Its rules are its own: the store asks them when the mail gets there.
                    members.putIfAbsent(inner, inner);
                } else {
                    expand(nested, members, seen);
                }
            }
        }
    }

    private GroupRules rules(WrittenGroup group, Set<MailAddress> members) {
        Set<MailAddress> senders = new LinkedHashSet<>(group.senders());
        if (group.membersOnly()) {
            for (MailAddress member : members) {
                senders.add(member);
                Account account = accounts.get(member);
                if (account != null) {
                    senders.add(account.address());
                    senders.addAll(account.aliases());
                }
            }
        }
        boolean listed = group.membersOnly() || !group.senders().isEmpty();
        return new GroupRules(
                listed ? Optional.of(senders) : Optional.empty(), group.login(), group.moderators(), group.bounces());
    }
}
