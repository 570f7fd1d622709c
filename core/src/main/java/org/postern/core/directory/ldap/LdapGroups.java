// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.SearchResultEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.postern.core.directory.Delivery;
import org.postern.core.directory.GroupRules;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailAddress;

/// Makes an account of a group's entry: looks up its members, and those of the groups among them.
///
/// Bounded: members, depth, groups, and the deadline. A group that was seen already is not followed again, so circles
/// end. What cannot be looked up makes the whole group unusable: part of the members is not the group.
final class LdapGroups {
    private static final int DEPTH_MAX = 8;
    private static final int GROUPS_MAX = 200;
    private static final int ADDRESSES_AT_ONCE = 50;

    private final LdapGroupSchema schema;
    private final String[] attributes;
    private final Filter accounts;
    private final Function<MailAddress, Filter> byAddress;
    private final EntryReader reader;
    private final LdapServers servers;

    /// @param byAddress the filter that finds who has an address
    LdapGroups(LdapSchema schema, Function<MailAddress, Filter> byAddress, EntryReader reader, LdapServers servers) {
        this.schema = schema.groups();
        this.attributes = schema.accountAttributes();
        this.accounts = FilterTemplate.parse("schema.account-filter", schema.accountFilter())
                .with(Map.of());
        this.byAddress = byAddress;
        this.reader = reader;
        this.servers = servers;
    }

    EntryAnswer read(Entry group, Deadline deadline, LookupTrace trace) {
        try {
            return new Resolution(deadline, trace).read(group);
        } catch (IllegalArgumentException e) {
            return new EntryAnswer.Unusable(group.getDN() + ": " + e.getMessage());
        }
    }

    /// The work on one group. What stands in the way is an `IllegalArgumentException` with the reason.
    private final class Resolution {
        private final Deadline deadline;
        private final LookupTrace trace;
        private final Set<String> seen = new HashSet<>();

        Resolution(Deadline deadline, LookupTrace trace) {
            this.deadline = deadline;
            this.trace = trace;
        }

        EntryAnswer read(Entry group) {
            seen.add(name(group));
            GroupMembers members = new GroupMembers();
            expand(group, members, 1);
            if (members.addresses().isEmpty()) {
                throw new IllegalArgumentException("is a group without members: its mail would go nowhere");
            }
            return reader.readGroup(group, new Delivery.Group(members.addresses(), rules(group, members)));
        }

        private GroupRules rules(Entry group, GroupMembers members) {
            Set<MailAddress> senders = new LinkedHashSet<>(EntryReader.addressesIn(group, schema.senderAddress()));
            boolean listed = !senders.isEmpty();
            for (String dn : EntryReader.values(group, schema.senderDn())) {
                listed = true;
                byDn(dn).ifPresent(entry -> senders.addAll(mayWriteAs(entry)));
            }
            for (String filter : EntryReader.values(group, schema.senderFilter())) {
                listed = true;
                byFilter(filter).forEach(entry -> senders.addAll(reader.ownAddresses(entry)));
            }
            if (truth(group, schema.membersOnly())) {
                listed = true;
                senders.addAll(members.senders());
            }
            List<MailAddress> moderators = new ArrayList<>(EntryReader.addressesIn(group, schema.moderatorAddress()));
            for (String dn : EntryReader.values(group, schema.moderatorDn())) {
                byDn(dn).flatMap(entry -> reader.ownAddresses(entry).stream().findFirst())
                        .ifPresent(moderators::add);
            }
            return new GroupRules(
                    listed ? Optional.of(senders) : Optional.empty(),
                    truth(group, schema.login()),
                    moderators,
                    EntryReader.addressesIn(group, schema.bounces()).stream().findFirst());
        }

        private Set<MailAddress> mayWriteAs(Entry entry) {
            if (!reader.isGroup(entry)) {
                return reader.ownAddresses(entry);
            }
            GroupMembers members = new GroupMembers();
            new Resolution(deadline, trace).expandNew(entry, members);
            return members.senders();
        }

        private void expandNew(Entry group, GroupMembers members) {
            seen.add(name(group));
            expand(group, members, 1);
        }

        private void expand(Entry group, GroupMembers members, int depth) {
            if (depth > DEPTH_MAX || seen.size() > GROUPS_MAX) {
                throw new IllegalArgumentException(
                        "groups in it are more than " + DEPTH_MAX + " deep, or more than " + GROUPS_MAX);
            }
            refuseRanges(group);
            List<MailAddress> written = EntryReader.addressesIn(group, schema.memberAddress());
            Map<MailAddress, Entry> known = byAddress(written);
            for (MailAddress address : written) {
                Entry entry = known.get(address.foldedCase());
                if (entry == null) {
                    members.add(address, List.of(address));
                } else {
                    add(entry, Optional.of(address), members, depth);
                }
            }
            for (String dn : EntryReader.values(group, schema.memberDn())) {
                byDn(dn).ifPresent(entry -> add(entry, Optional.empty(), members, depth));
            }
            for (String filter : EntryReader.values(group, schema.memberFilter())) {
                byFilter(filter).forEach(entry -> add(entry, Optional.empty(), members, depth));
            }
        }

        private void add(Entry entry, Optional<MailAddress> written, GroupMembers members, int depth) {
            Set<MailAddress> own = reader.ownAddresses(entry);
            if (reader.isGroup(entry)) {
                if (!seen.add(name(entry))) {
                    trace.step("group", "", entry.getDN(), "was seen already");
                } else if (hasRules(entry)) {
                    // Its rules are its own: the store asks them when the mail gets there.
                    own.stream().findFirst().ifPresent(address -> members.add(address, List.of()));
                } else {
                    trace.step("group", "", entry.getDN(), "its members");
                    expand(entry, members, depth + 1);
                }
            } else if (own.isEmpty() && written.isEmpty()) {
                trace.step("member", "", entry.getDN(), "has no address, left out");
            } else if (reader.isDeleted(entry)) {
                trace.step("member", "", entry.getDN(), "is deleted, left out");
            } else {
                members.add(written.orElseGet(() -> own.iterator().next()), own);
            }
        }

        private boolean hasRules(Entry group) {
            return truth(group, schema.membersOnly())
                    || truth(group, schema.login())
                    || List.of(
                                    schema.senderDn(),
                                    schema.senderAddress(),
                                    schema.senderFilter(),
                                    schema.moderatorDn(),
                                    schema.moderatorAddress())
                            .stream()
                            .anyMatch(attribute ->
                                    !EntryReader.values(group, attribute).isEmpty());
        }

        /// Who has these addresses; an address that nobody or more than one has is left out.
        private Map<MailAddress, Entry> byAddress(List<MailAddress> addresses) {
            Map<MailAddress, Entry> owners = new HashMap<>();
            Set<MailAddress> twice = new HashSet<>();
            for (int from = 0; from < addresses.size(); from += ADDRESSES_AT_ONCE) {
                List<Filter> filters =
                        addresses.subList(from, Math.min(addresses.size(), from + ADDRESSES_AT_ONCE)).stream()
                                .map(address -> byAddress.apply(address.foldedCase()))
                                .toList();
                for (Entry entry : search(Filter.createORFilter(filters), ADDRESSES_AT_ONCE * 4)) {
                    for (MailAddress own : reader.ownAddresses(entry)) {
                        Entry other = owners.putIfAbsent(own.foldedCase(), entry);
                        if (other != null && !name(other).equals(name(entry))) {
                            twice.add(own.foldedCase());
                        }
                    }
                }
            }
            owners.keySet().removeAll(twice);
            return owners;
        }

        private Optional<SearchResultEntry> byDn(String dn) {
            return switch (servers.entry(dn, attributes, deadline, trace)) {
                case Found.One(SearchResultEntry entry) -> Optional.of(entry);
                case Found.None() -> Optional.empty();
                case Found.Ambiguous(String reason) -> throw new IllegalArgumentException(dn + ": " + reason);
                case Found.NoAnswer(String reason) -> throw new IllegalArgumentException(dn + ": " + reason);
            };
        }

        private List<SearchResultEntry> byFilter(String written) {
            try {
                // Only accounts and groups, whatever the filter says.
                return search(Filter.createANDFilter(Filter.create(written), accounts), GroupMembers.MEMBERS_MAX);
            } catch (LDAPException e) {
                throw new IllegalArgumentException("\"" + written + "\" is not a search filter", e);
            }
        }

        private List<SearchResultEntry> search(Filter filter, int limit) {
            return switch (servers.searchAll(filter, attributes, limit, deadline, trace)) {
                case FoundMany.Entries(List<SearchResultEntry> entries) -> entries;
                case FoundMany.NoAnswer(String reason) ->
                    throw new IllegalArgumentException("its members cannot be looked up: " + reason);
            };
        }

        /// Active Directory cuts long lists, and says so in the attribute's name (`member;range=0-1499`).
        private void refuseRanges(Entry group) {
            boolean cut = group.getAttributes().stream()
                    .anyMatch(attribute -> attribute.getName().contains(";range="));
            if (cut) {
                throw new IllegalArgumentException("it has more members than the server shows at once");
            }
        }
    }

    private static boolean truth(Entry group, String attribute) {
        return EntryReader.values(group, attribute).stream().anyMatch(value -> value.equalsIgnoreCase("TRUE"));
    }

    private static String name(Entry entry) {
        try {
            return DN.normalize(entry.getDN());
        } catch (LDAPException e) {
            return entry.getDN();
        }
    }
}
