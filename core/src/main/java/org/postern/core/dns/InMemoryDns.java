// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.postern.core.dns.DnsAnswer.Answer;
import org.postern.core.dns.DnsAnswer.Failure;
import org.postern.core.dns.DnsAnswer.NoData;
import org.postern.core.dns.DnsAnswer.NoSuchName;
import org.postern.core.dns.DnsAnswer.Reason;
import org.postern.core.limits.Deadline;

/// DNS held in memory: names, records, aliases, and names whose questions fail. Asks nobody. May be changed while
/// others ask it.
///
/// A name that has something below it exists, as in DNS. A failure for a type overrides its records; a failure for
/// the name answers every type that has no record of its own.
public final class InMemoryDns implements DnsResolver {
    private static final int ALIASES_MAX = 8;

    private final Map<DnsName, Node> nodes = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();

    private static final class Node {
        final Map<DnsQuestion.Type, List<DnsRecord>> records = new EnumMap<>(DnsQuestion.Type.class);
        final Map<DnsQuestion.Type, Failure> failures = new EnumMap<>(DnsQuestion.Type.class);

        @Nullable
        DnsName alias;

        @Nullable
        Failure failure;
    }

    /// Adds one record.
    public InMemoryDns add(String name, DnsQuestion.Type type, DnsRecord record) {
        change(
                name,
                node -> node.records
                        .computeIfAbsent(type, any -> new ArrayList<>())
                        .add(record));
        return this;
    }

    /// Adds a TXT record of one string.
    public InMemoryDns txt(String name, String text) {
        return add(name, DnsQuestion.Type.TXT, new DnsRecord.Txt(text));
    }

    /// Adds an MX record; an empty exchange or `.` is the null MX of RFC 7505.
    public InMemoryDns mx(String name, int preference, String exchange) {
        DnsName target = exchange.isEmpty() || exchange.equals(".") ? DnsName.ROOT : parse(exchange);
        return add(name, DnsQuestion.Type.MX, new DnsRecord.Mx(preference, target));
    }

    /// Adds a PTR record.
    public InMemoryDns ptr(String name, String target) {
        return add(name, DnsQuestion.Type.PTR, new DnsRecord.Ptr(parse(target)));
    }

    /// Adds an A or AAAA record, whichever the literal is.
    public InMemoryDns address(String name, String literal) {
        try {
            InetAddress address = InetAddress.getByName(literal);
            DnsQuestion.Type type = address.getAddress().length == 4 ? DnsQuestion.Type.A : DnsQuestion.Type.AAAA;
            return add(name, type, new DnsRecord.Address(address));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address: " + literal, e);
        }
    }

    /// Adds a CNAME record.
    public InMemoryDns alias(String name, String target) {
        change(name, node -> node.alias = parse(target));
        return this;
    }

    /// Makes questions for a name fail, for all types that have no records of their own.
    public InMemoryDns failing(String name, Reason reason) {
        change(name, node -> node.failure = new Failure(reason, "told to fail"));
        return this;
    }

    /// Makes questions for one type at a name fail, whatever records it has.
    public InMemoryDns failing(String name, DnsQuestion.Type type, Reason reason) {
        change(name, node -> node.failures.put(type, new Failure(reason, "told to fail")));
        return this;
    }

    /// Forgets everything at a name.
    public InMemoryDns remove(String name) {
        nodes.remove(parse(name));
        return this;
    }

    /// How many questions were asked so far.
    public int questions() {
        return questions.get();
    }

    @Override
    public DnsAnswer ask(DnsQuestion question, Deadline deadline) {
        questions.incrementAndGet();
        if (deadline.expired()) {
            return new Failure(Reason.TIMED_OUT, "the deadline had passed");
        }
        Set<DnsName> seen = new HashSet<>();
        DnsName name = question.name();
        while (seen.add(name) && seen.size() <= ALIASES_MAX) {
            Node node = nodes.get(name);
            if (node == null) {
                return existsAbove(name) ? new NoData() : new NoSuchName();
            }
            synchronized (node) {
                Failure failure = node.failures.get(question.type());
                if (failure != null) {
                    return failure;
                }
                List<DnsRecord> records = node.records.get(question.type());
                if (records != null) {
                    return new Answer(records);
                }
                if (node.alias == null) {
                    return node.failure == null ? new NoData() : node.failure;
                }
                name = node.alias;
            }
        }
        return new Failure(Reason.MALFORMED, "aliases lead nowhere from " + question.name());
    }

    private boolean existsAbove(DnsName name) {
        return nodes.keySet().stream().anyMatch(other -> other.isWithin(name));
    }

    private void change(String name, java.util.function.Consumer<Node> change) {
        Node node = nodes.computeIfAbsent(parse(name), any -> new Node());
        synchronized (node) {
            change.accept(node);
        }
    }

    private static DnsName parse(String name) {
        return DnsName.of(name).orElseThrow(() -> new IllegalArgumentException("not a DNS name: " + name));
    }
}
