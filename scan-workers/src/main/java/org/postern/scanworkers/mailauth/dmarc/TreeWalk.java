// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dmarc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.postern.core.dns.DnsAnswer;
import org.postern.core.dns.DnsName;
import org.postern.core.dns.DnsQuestion;
import org.postern.core.dns.DnsRecord;
import org.postern.core.dns.DnsResolver;
import org.postern.core.limits.Deadline;

/// Walks from domains towards the root, and remembers what it found, for one message. Used by one thread. RFC 9989
/// section 4.10.
final class TreeWalk {
    private static final int LABELS_MAX = 7;

    private final DnsResolver dns;
    private final Deadline deadline;
    private final Map<DnsName, At> known = new HashMap<>();

    TreeWalk(DnsResolver dns, Deadline deadline) {
        this.dns = dns;
        this.deadline = deadline;
    }

    /// What stands at one name.
    sealed interface At {
        record Found(DmarcRecord record) implements At {}

        /// A policy record that takes the domain out of DMARC.
        record Broken() implements At {}

        record Nothing() implements At {}

        /// Nobody knows.
        record Unknown(String reason) implements At {}
    }

    /// All records on the way up.
    ///
    /// @param start where the walk started
    /// @param records by name, longest first
    /// @param unknown why some name on the way could not be asked; nothing can be concluded then
    record Path(DnsName start, SequencedMap<DnsName, At> records, Optional<String> unknown) {
        /// RFC 9989 section 4.10.2.
        DnsName organizationalDomain() {
            DnsName highest = start;
            for (Map.Entry<DnsName, At> entry : records.entrySet()) {
                DnsName name = entry.getKey();
                if (entry.getValue() instanceof At.Found found) {
                    if (found.record().suffix() == DmarcRecord.Suffix.NO) {
                        return name;
                    }
                    if (found.record().suffix() == DmarcRecord.Suffix.YES && !name.equals(start)) {
                        return start.last(name.labels().size() + 1);
                    }
                }
                highest = name;
            }
            return highest;
        }
    }

    /// Walks up from a domain: at most eight questions.
    Path from(DnsName start) throws InterruptedException {
        SequencedMap<DnsName, At> records = new LinkedHashMap<>();
        for (DnsName name : steps(start)) {
            At at = at(name);
            switch (at) {
                case At.Unknown unknown -> {
                    return new Path(start, records, Optional.of(unknown.reason()));
                }
                case At.Nothing _ -> {}
                case At.Broken _ -> records.put(name, at);
                case At.Found found -> {
                    records.put(name, at);
                    if (found.record().suffix() != DmarcRecord.Suffix.UNKNOWN) {
                        return new Path(start, records, Optional.empty());
                    }
                }
            }
        }
        return new Path(start, records, Optional.empty());
    }

    static List<DnsName> steps(DnsName start) {
        List<DnsName> steps = new ArrayList<>();
        steps.add(start);
        int labels = start.labels().size();
        for (int left = Math.min(labels - 1, LABELS_MAX); left > 0; left--) {
            steps.add(start.last(left));
        }
        return steps;
    }

    /// The record at one name; several are as good as none.
    At at(DnsName name) throws InterruptedException {
        At before = known.get(name);
        if (before != null) {
            return before;
        }
        At at = ask(name);
        known.put(name, at);
        return at;
    }

    private At ask(DnsName name) throws InterruptedException {
        Optional<DnsName> target = name.under("_dmarc");
        if (target.isEmpty()) {
            return new At.Nothing();
        }
        return switch (dns.ask(new DnsQuestion(target.get(), DnsQuestion.Type.TXT), deadline)) {
            case DnsAnswer.Failure failure -> new At.Unknown(failure.detail());
            case DnsAnswer.NoData _, DnsAnswer.NoSuchName _ -> new At.Nothing();
            case DnsAnswer.Answer answer -> {
                List<DmarcRecord.Parsed> policies = answer.records().stream()
                        .flatMap(record -> record instanceof DnsRecord.Txt txt ? Stream.of(txt.text()) : Stream.empty())
                        .map(DmarcRecord::parse)
                        .filter(parsed -> !(parsed instanceof DmarcRecord.Parsed.Other))
                        .limit(2)
                        .toList();
                yield policies.size() != 1
                        ? new At.Nothing()
                        : switch (policies.getFirst()) {
                            case DmarcRecord.Parsed.Policy policy -> new At.Found(policy.record());
                            case DmarcRecord.Parsed.Broken _ -> new At.Broken();
                            case DmarcRecord.Parsed.Other _ -> new At.Nothing();
                        };
            }
        };
    }

    /// Whether a domain exists: RFC 9989 section 3.2.13, RFC 8020.
    Existence existence(DnsName name) throws InterruptedException {
        return switch (dns.ask(new DnsQuestion(name, DnsQuestion.Type.A), deadline)) {
            case DnsAnswer.Answer _, DnsAnswer.NoData _ -> Existence.EXISTS;
            case DnsAnswer.NoSuchName _ -> Existence.MISSING;
            case DnsAnswer.Failure _ -> Existence.UNKNOWN;
        };
    }

    enum Existence {
        EXISTS,
        MISSING,
        UNKNOWN
    }
}
