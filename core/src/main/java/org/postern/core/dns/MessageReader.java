// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/// Reads what one message says to one question. Only records that the question or its aliases lead
/// to count;
/// whatever else a server adds is not looked at.
final class MessageReader {
    private static final int ALIASES_MAX = 8;

    private final Message message;
    private long ttlSeconds = Integer.MAX_VALUE;
    private Optional<DnsName> unfinishedAlias = Optional.empty();
    private DnsName owner;
    private final DnsAnswer answer;

    /// @param message answers with NOERROR or NXDOMAIN
    MessageReader(Message message, DnsName name, DnsQuestion.Type type) {
        this.message = message;
        this.owner = name;
        this.answer = read(Names.toDnsjava(name), Names.type(type));
    }

    DnsAnswer answer() {
        return answer;
    }

    /// The least TTL of all records used; for negative answers by RFC 2308 section 5, zero without
    /// an SOA record.
    Duration ttl() {
        return Duration.ofSeconds(ttlSeconds);
    }

    /// The name to ask next, where the message ends in an alias whose target it says nothing about.
    Optional<DnsName> unfinishedAlias() {
        return unfinishedAlias;
    }

    /// The name that the answer is about: the one at the end of the aliases.
    DnsName owner() {
        return owner;
    }

    private DnsAnswer read(Name asked, int type) {
        Name name = asked;
        for (int aliases = 0; aliases <= ALIASES_MAX; aliases++) {
            boolean unreadable = false;
            List<DnsRecord> records = new ArrayList<>();
            Optional<Name> target = Optional.empty();
            for (Record record : message.getSection(Section.ANSWER)) {
                if (!record.getName().equals(name)) {
                    continue;
                }
                if (record.getType() == type) {
                    ttlSeconds = Math.min(ttlSeconds, record.getTTL());
                    Optional<DnsRecord> converted = convert(record);
                    converted.ifPresent(records::add);
                    unreadable |= converted.isEmpty() && type == Type.MX;
                } else if (record instanceof CNAMERecord alias) {
                    ttlSeconds = Math.min(ttlSeconds, record.getTTL());
                    target = Optional.of(alias.getTarget());
                }
            }
            if (!records.isEmpty()) {
                return new DnsAnswer.Answer(records);
            }
            if (unreadable) {
                // There are records, so "there is none" would be wrong: a domain with MX records has no other hosts.
                return new DnsAnswer.Failure(DnsAnswer.Reason.MALFORMED, "no usable name in the MX records of " + name);
            }
            if (target.isEmpty()) {
                return negative(!name.equals(asked), name);
            }
            name = target.get();
            owner = Names.fromDnsjava(name).orElse(owner);
        }
        return new DnsAnswer.Failure(DnsAnswer.Reason.MALFORMED, "aliases lead nowhere from " + asked);
    }

    private DnsAnswer negative(boolean aliased, Name name) {
        Optional<SOARecord> soa = message.getSection(Section.AUTHORITY).stream()
                .filter(SOARecord.class::isInstance)
                .map(SOARecord.class::cast)
                .findFirst();
        if (message.getHeader().getRcode() == Rcode.NXDOMAIN) {
            negativeTtl(soa);
            return new DnsAnswer.NoSuchName();
        }
        if (aliased && soa.isEmpty()) {
            unfinishedAlias = Names.fromDnsjava(name);
            if (unfinishedAlias.isEmpty()) {
                return new DnsAnswer.Failure(DnsAnswer.Reason.MALFORMED, "an alias leads to no usable name");
            }
        } else {
            negativeTtl(soa);
        }
        return new DnsAnswer.NoData();
    }

    private void negativeTtl(Optional<SOARecord> soa) {
        long negative = soa.map(record -> Math.min(record.getTTL(), record.getMinimum()))
                .orElse(0L);
        ttlSeconds = Math.min(ttlSeconds, negative);
    }

    private static Optional<DnsRecord> convert(Record record) {
        return switch (record) {
            case ARecord a -> Optional.of(new DnsRecord.Address(a.getAddress()));
            case AAAARecord aaaa -> Optional.of(new DnsRecord.Address(aaaa.getAddress()));
            case MXRecord mx ->
                Names.fromDnsjava(mx.getTarget()).map(target -> new DnsRecord.Mx(mx.getPriority(), target));
            case TLSARecord tlsa ->
                Optional.of(new DnsRecord.Tlsa(
                        tlsa.getCertificateUsage(),
                        tlsa.getSelector(),
                        tlsa.getMatchingType(),
                        HexFormat.of().formatHex(tlsa.getCertificateAssociationData())));
            case CNAMERecord alias -> Names.fromDnsjava(alias.getTarget()).map(DnsRecord.Alias::new);
            case PTRRecord ptr -> Names.fromDnsjava(ptr.getTarget()).map(DnsRecord.Ptr::new);
            case TXTRecord txt -> {
                StringBuilder text = new StringBuilder();
                txt.getStringsAsByteArrays()
                        .forEach(part -> text.append(new String(part, StandardCharsets.ISO_8859_1)));
                yield Optional.of(new DnsRecord.Txt(text.toString()));
            }
            default -> Optional.empty();
        };
    }
}
