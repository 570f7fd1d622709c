// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.dns.DnsName;
import org.postern.core.filter.Extract;
import org.postern.core.mail.Addresses;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.ReversePath;
import org.postern.scanworkers.mime.FieldValues;
import org.postern.scanworkers.urls.PublicSuffixes;

/// What the lists are asked about a client, a mail, and what others took out of it.
final class Questions {
    /// The most questions one list gets about one mail, by subject.
    static final int SUBJECTS_MAX = 20;

    private static final Pattern ADDRESS = Pattern.compile("[^\\s<>()\\[\\],;:\"@]{1,64}@[A-Za-z0-9.-]{1,255}");
    private static final Set<String> ADDRESS_FIELDS = Set.of("from", "reply-to", "sender");

    private Questions() {}

    /// What can be asked as soon as a client is connected. Private addresses are nobody's business.
    static List<Question> ofClient(List<DnsList> lists, InetAddress address) {
        return !Addresses.isPrivate(address)
                ? lists.stream()
                        .filter(list -> list.asks(ListConfig.Subject.CLIENT))
                        .map(list -> Question.of(list, address))
                        .toList()
                : List.of();
    }

    /// What can be asked of session, envelope and header.
    static List<Question> ofMail(List<DnsList> lists, MailTransaction mail) {
        List<Question> questions = new ArrayList<>(ofClient(lists, mail.client().address()));
        Optional<DnsName> helo = host(mail.client().helo());
        Optional<DnsName> sender = mail.envelope().reversePath() instanceof ReversePath.Mailbox mailbox
                ? host(mailbox.address().domain().name())
                : Optional.empty();
        Set<String> addresses = addresses(mail);
        for (DnsList list : lists) {
            if (list.asks(ListConfig.Subject.HELO)) {
                helo.ifPresent(name -> questions.add(Question.of(list, name)));
            }
            if (list.asks(ListConfig.Subject.SENDER)) {
                sender.ifPresent(name -> questions.add(Question.of(list, name)));
            }
            if (list.asks(ListConfig.Subject.EMAILS)) {
                questions.addAll(ofAddresses(list, addresses));
            }
        }
        return questions;
    }

    /// What can be asked of links, addresses and files in the mail.
    static List<Question> ofExtracts(List<DnsList> lists, Collection<Extract> extracts) {
        Set<DnsName> hosts = new LinkedHashSet<>();
        Set<String> addresses = new LinkedHashSet<>();
        Set<String> files = new LinkedHashSet<>();
        for (Extract extract : extracts) {
            switch (extract) {
                case Extract.Link link -> host(link.host()).ifPresent(hosts::add);
                case Extract.Mailbox mailbox -> addresses.add(mailbox.address());
                case Extract.File file -> files.add(file.sha256());
            }
        }
        Set<DnsName> domains = new LinkedHashSet<>();
        hosts.forEach(host -> domains.add(registered(host, 0)));
        hosts.forEach(host -> domains.add(registered(host, 1)));
        List<Question> questions = new ArrayList<>();
        for (DnsList list : lists) {
            if (list.asks(ListConfig.Subject.URLS)) {
                domains.stream().limit(SUBJECTS_MAX).forEach(name -> questions.add(Question.of(list, name)));
            }
            if (list.asks(ListConfig.Subject.EMAILS)) {
                questions.addAll(ofAddresses(list, addresses));
            }
            if (list.asks(ListConfig.Subject.FILES)) {
                files.stream()
                        .limit(SUBJECTS_MAX)
                        .forEach(sha256 -> questions.add(Question.ofHash(
                                list,
                                "file " + sha256,
                                list.config().hash().label(HexFormat.of().parseHex(sha256)))));
            }
        }
        return questions;
    }

    private static List<Question> ofAddresses(DnsList list, Set<String> addresses) {
        return addresses.stream()
                .map(AddressForm::normal)
                .flatMap(Optional::stream)
                .distinct()
                .limit(SUBJECTS_MAX)
                .map(address ->
                        Question.ofHash(list, address, list.config().hash().of(address)))
                .toList();
    }

    private static Set<String> addresses(MailTransaction mail) {
        Set<String> addresses = new LinkedHashSet<>();
        if (mail.envelope().reversePath() instanceof ReversePath.Mailbox mailbox) {
            addresses.add(mailbox.address().toString());
        }
        mail.header().fields().stream()
                .filter(field -> ADDRESS_FIELDS.contains(FieldValues.canonicalName(field)))
                .limit(SUBJECTS_MAX)
                .forEach(field -> {
                    Matcher matcher = ADDRESS.matcher(field.value());
                    while (matcher.find() && addresses.size() < SUBJECTS_MAX) {
                        addresses.add(matcher.group());
                    }
                });
        return addresses;
    }

    /// What lists hold: registered domains, and some hosts right below. Under a suffix that nobody knows two labels are
    /// taken for what was registered.
    ///
    /// @param more labels of the host before the registered domain
    private static DnsName registered(DnsName host, int more) {
        int labels = PublicSuffixes.registered(host.text())
                .map(domain -> domain.split("\\.", -1).length)
                .orElse(2);
        return host.last(labels + more);
    }

    /// Domain lists hold names of two labels or more, never addresses. RFC 5782 section 3.1.
    private static Optional<DnsName> host(String text) {
        try {
            Domain domain = Domain.parse(text);
            return domain.isAddressLiteral()
                    ? Optional.empty()
                    : DnsName.of(domain.name())
                            .filter(name -> name.labels().size() > 1)
                            .filter(name -> !name.labels().getLast().matches("\\d+"));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
