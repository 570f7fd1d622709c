// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postern.core.config.ConfigException;
import org.postern.core.filter.FilterFactory;
import org.postern.delivery.StoreConfig;
import org.postern.delivery.lmtp.LmtpConfig;
import org.postern.deploy.config.FarmConfig;
import org.postern.smtpfront.Authentication;

/// The sum of all bounds of the roles that start, against what this process may use. What each thing costs
/// is an upper estimate, not a reservation; see docs/adr/0053-sum-of-bounds.md.
final class Budget {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long PROCESS_HEAP = 48 * MIB;
    private static final long CONNECTION_HEAP = 8 * KIB;
    private static final long SESSION_HEAP = 12 * KIB;
    private static final long RECIPIENT_HEAP = KIB;
    private static final long MAIL_HEAP = 64 * KIB;
    private static final long HANDOFF_HEAP = 192 * KIB;
    private static final long WAITING_MAIL_HEAP = 4 * KIB;
    private static final long RELAY_HEAP = 64 * KIB;
    private static final long SPOOLED_MAIL_HEAP = 256;
    private static final long REMEMBERED_HEAP = 96;
    private static final long ENTRY_HEAP = 160;
    private static final long QUESTION_HEAP = 2 * KIB;
    private static final long PROCESS_DESCRIPTORS = 128;

    /// How many parts of a sum that is too large are named.
    private static final int LARGEST = 3;

    /// @param children octets outside of this process
    private record Item(String what, long heap, long descriptors, long children) {
        Item(String what, long heap, long descriptors) {
            this(what, heap, descriptors, 0);
        }

        static Item of(String what, FilterFactory.Bounds bounds) {
            return new Item(what, bounds.heap(), bounds.descriptors(), bounds.children());
        }
    }

    private final List<Item> items = new ArrayList<>();

    /// @param engines what the filters that are used take, by name
    /// @param dnsQuestions how many questions to DNS may be in flight; 0 where nobody asks
    Budget(
            SequencedMap<String, FarmConfig> farms,
            Map<String, FilterFactory.Bounds> engines,
            int dnsQuestions,
            List<StoreConfig> stores) {
        items.add(new Item("the process itself", PROCESS_HEAP, PROCESS_DESCRIPTORS));
        farms.forEach((name, farm) -> {
            int connections = farm.limits().connections();
            // With a few recipients and the first octets of a message that comes in; its file when they are more.
            items.add(new Item(
                    "farm " + name + ": limits.connections " + connections,
                    connections * SESSION_HEAP,
                    2L * connections));
            int recipients = farm.limits().recipientsAtOnce();
            items.add(new Item(
                    "farm " + name + ": limits.recipients " + farm.limits().recipients() + ", " + recipients
                            + " of all mails at once",
                    recipients * RECIPIENT_HEAP,
                    0));
            int mails = farm.limits().mailsAtOnce();
            // Messages in memory, those included that come in; the file of one, a scanner's and a store's socket.
            items.add(new Item(
                    "farm " + name + ": limits.mails-at-once " + mails + " with message-memory "
                            + farm.limits().messageMemory(),
                    mails * (farm.limits().messageMemory().bytes() + MAIL_HEAP),
                    3L * mails));
            items.add(new Item(
                    "farm " + name + ": scanning.verdict-cache-size",
                    farm.scanning().verdictCacheSize().bytes(),
                    0));
            long entries = farm.admission().entries(farm.authentication() != Authentication.NONE);
            items.add(new Item(
                    "farm " + name + ": admission remembers " + entries + " entries", entries * ENTRY_HEAP, 0));
        });
        Set<FilterFactory.Bounds> shared = new LinkedHashSet<>();
        new TreeMap<>(engines).forEach((name, bounds) -> {
            items.add(Item.of("engine " + name + ": " + bounds.reason(), bounds));
            shared.addAll(bounds.shared());
        });
        shared.forEach(bounds -> items.add(Item.of(bounds.reason(), bounds)));
        if (dnsQuestions > 0) {
            items.add(new Item("dns: max-questions " + dnsQuestions, dnsQuestions * QUESTION_HEAP, dnsQuestions));
        }
        for (StoreConfig store : stores) {
            items.add(new Item(
                    "store: handoffs-max " + store.handoffsMax(),
                    store.handoffsMax() * HANDOFF_HEAP,
                    2L * store.handoffsMax()));
            int connections = store.handoff().connectionsMax() + store.qmqp().connectionsMax();
            items.add(new Item(
                    "store: connections-max of handoff and qmqp " + connections,
                    connections * CONNECTION_HEAP,
                    connections));
            int mails = store.spool().mailsMax();
            items.add(new Item("store: spool.mails-max " + mails, Math.min(mails, 100_000) * SPOOLED_MAIL_HEAP, 0));
            int remembered = store.spool().rememberMax();
            items.add(new Item("store: spool.remember-max " + remembered, remembered * REMEMBERED_HEAP, 0));
            items.add(new Item(
                    "store: delivery.concurrency " + store.delivery().concurrency(),
                    store.delivery().concurrency() * HANDOFF_HEAP,
                    3L * store.delivery().concurrency()));
            int waiting = store.delivery().mailsAtOnce();
            items.add(new Item("store: delivery.mails-at-once " + waiting, waiting * WAITING_MAIL_HEAP, 0));
            // A socket and the mail's file; the octets go through in blocks.
            int relays = store.relay().connections()
                    + store.lmtp().map(LmtpConfig::connections).orElse(0);
            items.add(new Item("store: connections of relay and lmtp " + relays, relays * RELAY_HEAP, 2L * relays));
        }
    }

    /// Refuses what cannot fit, with the largest parts of the sum.
    void check() {
        check(Runtime.getRuntime().maxMemory(), descriptorsMax(), memoryMax());
    }

    /// @param memoryMax what this process and its children may take together
    void check(long heapMax, long descriptorsMax, long memoryMax) {
        List<String> problems = new ArrayList<>();
        if (heap() > heapMax) {
            problems.add("the bounds add up to " + mib(heap()) + " of heap, but this process may use " + mib(heapMax)
                    + ": set POSTERN_JAVA_OPTIONS=-Xmx" + (heap() / MIB + 1) + "m, or lower the largest: "
                    + largest(Item::heap, Budget::mib));
        }
        if (descriptors() > descriptorsMax) {
            problems.add("the bounds add up to " + descriptors() + " open files, but this process may have "
                    + descriptorsMax + ": raise ulimit -n, or lower the largest: "
                    + largest(Item::descriptors, Long::toString));
        }
        if (children() > 0 && heap() + children() > memoryMax) {
            problems.add("the bounds add up to " + mib(heap() + children())
                    + " of memory with child processes, but this machine or container has " + mib(memoryMax)
                    + ": leave out the engines that start them, or lower the largest: " + mib(heap()) + " heap, "
                    + largest(Item::children, Budget::mib));
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    /// The sums, for people.
    ///
    /// @param all with a line for everything that they are made of
    List<String> lines(boolean all) {
        List<String> lines = new ArrayList<>();
        lines.add("heap: at most " + mib(heap()) + " of "
                + mib(Runtime.getRuntime().maxMemory()));
        add(lines, all, Item::heap, Budget::mib);
        lines.add("open files: at most " + descriptors() + " of " + descriptorsMax());
        add(lines, all, Item::descriptors, Long::toString);
        if (children() > 0) {
            lines.add("memory with child processes: at most " + mib(heap() + children()) + " of " + mib(memoryMax())
                    + ", " + mib(heap()) + " of it heap");
            add(lines, all, Item::children, Budget::mib);
        }
        return lines;
    }

    private void add(List<String> lines, boolean all, ToLongFunction<Item> part, LongFunction<String> text) {
        if (all) {
            taking(part)
                    .map(item ->
                            String.format(Locale.ROOT, "  %11s  %s", text.apply(part.applyAsLong(item)), item.what()))
                    .forEach(lines::add);
        }
    }

    private String largest(ToLongFunction<Item> part, LongFunction<String> text) {
        return taking(part)
                        .limit(LARGEST)
                        .map(item -> text.apply(part.applyAsLong(item)) + " " + item.what())
                        .collect(Collectors.joining(", "))
                + "; postern check --bounds shows all";
    }

    private Stream<Item> taking(ToLongFunction<Item> part) {
        return items.stream()
                .filter(item -> part.applyAsLong(item) > 0)
                .sorted(Comparator.comparingLong(part).reversed());
    }

    private long heap() {
        return items.stream().mapToLong(Item::heap).sum();
    }

    private long descriptors() {
        return items.stream().mapToLong(Item::descriptors).sum();
    }

    private long children() {
        return items.stream().mapToLong(Item::children).sum();
    }

    private static String mib(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) MIB);
    }

    /// Of the container where there is one, else of the machine.
    private static long memoryMax() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    private static long descriptorsMax() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }
}
