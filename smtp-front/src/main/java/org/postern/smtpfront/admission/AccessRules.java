// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.net.InetAddress;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.postern.core.limits.AddressKey;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.ReversePath;

/// All rules of all files, looked up without going through them. Immutable.
///
/// Of several rules that fit, the narrowest counts: the longest prefix, an address before its domain, a domain before
/// the one above it. So the order in the files does not matter.
final class AccessRules {
    static final AccessRules NONE = new AccessRules(Map.of(), Map.of(), Map.of());

    /// The key of the null reverse path.
    static final String NULL_SENDER = "<>";

    private final Map<AddressKey, Rule> clients;
    private final Map<String, Rule> senders;
    private final Map<String, Rule> recipients;
    private final NavigableSet<Integer> ipv4Bits = new TreeSet<>();
    private final NavigableSet<Integer> ipv6Bits = new TreeSet<>();

    /// @param clients by network
    /// @param senders by address, domain, `.domain` for a domain and all below it, or `<>`
    /// @param recipients likewise
    AccessRules(Map<AddressKey, Rule> clients, Map<String, Rule> senders, Map<String, Rule> recipients) {
        this.clients = Map.copyOf(clients);
        this.senders = Map.copyOf(senders);
        this.recipients = Map.copyOf(recipients);
        clients.keySet().forEach(key -> (key.ipv6() ? ipv6Bits : ipv4Bits).add(key.prefixLength()));
    }

    int size() {
        return clients.size() + senders.size() + recipients.size();
    }

    Optional<Rule> client(InetAddress address) {
        boolean ipv6 = address.getAddress().length != 4;
        for (int bits : (ipv6 ? ipv6Bits : ipv4Bits).descendingSet()) {
            Rule rule = clients.get(AddressKey.of(address, bits, bits));
            if (rule != null) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    Optional<Rule> sender(ReversePath sender) {
        return switch (sender) {
            case ReversePath.Null() -> Optional.ofNullable(senders.get(NULL_SENDER));
            case ReversePath.Mailbox(MailAddress address) -> find(senders, address);
        };
    }

    Optional<Rule> recipient(MailAddress recipient) {
        return find(recipients, recipient);
    }

    private static Optional<Rule> find(Map<String, Rule> rules, MailAddress address) {
        if (rules.isEmpty()) {
            return Optional.empty();
        }
        Rule rule = rules.get(address.foldedCase().toString());
        String domain = address.domain().name();
        if (rule == null) {
            rule = rules.get(domain);
        }
        for (String above = domain; rule == null && !above.isEmpty(); above = parent(above)) {
            rule = rules.get("." + above);
        }
        return Optional.ofNullable(rule);
    }

    private static String parent(String domain) {
        int dot = domain.indexOf('.');
        return dot < 0 || domain.startsWith("[") ? "" : domain.substring(dot + 1);
    }
}
