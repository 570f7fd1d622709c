// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.postern.core.limits.AddressKey;
import org.postern.core.limits.LeakyBucket;
import org.postern.core.limits.LeakyCounters;
import org.postern.core.limits.LoginLimits;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.ReversePath;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.Authentication;
import org.postern.smtpfront.SmtpFrontConfig;

/// Who is let in: one for all listeners of a front. Any thread, event loops too: nothing here blocks.
public final class Admission implements AutoCloseable {
    private final SmtpFrontConfig front;
    private final AdmissionConfig config;
    private final LongSupplier nanoTime;
    private final SessionCounts counts;
    private final Rates rates;
    private final LeakyCounters<AddressKey> suspects;
    private final LoginLimits logins;
    private final AccessLists lists;
    private final Greylist greylist;
    private final Pressure pressure;
    private final Map<Bar, Counter> barred = new EnumMap<>(Bar.class);

    /// @param farm for meters and the log
    /// @param nanoTime monotonic nanoseconds
    /// @throws org.postern.core.config.ConfigException where a list cannot be used
    public Admission(String farm, SmtpFrontConfig front, MeterRegistry meters, LongSupplier nanoTime) {
        this.front = front;
        this.config = front.admission();
        this.nanoTime = nanoTime;
        Networks networks = new Networks(config.ipv4Prefix(), config.ipv6Prefix());
        int perClient = front.limits().connectionsPerAddress();
        this.counts = new SessionCounts(
                front.limits().connections(),
                perClient,
                (int) Math.min(Integer.MAX_VALUE, (long) perClient * config.networkFactor()),
                networks);
        this.rates = new Rates(config, networks, nanoTime);
        this.suspects = new LeakyCounters<>(
                config.greeting().suspectAfter(), config.rates().remembered(), nanoTime);
        this.logins = new LoginLimits(config.logins(), nanoTime);
        this.greylist = new Greylist(config.greylist(), networks, nanoTime);
        this.pressure = new Pressure(
                config.pressure(), front.limits().mailsAtOnce(), keptForUsers(), front.deadline(), nanoTime);
        for (Bar bar : Bar.values()) {
            barred.put(
                    bar,
                    Counter.builder("postern.admission.barred")
                            .description("clients and mails that admission did not let through")
                            .tags("farm", farm, "why", bar.tag())
                            .register(meters));
        }
        pressure.bindTo(farm, meters);
        greylist.bindTo(farm, meters);
        Gauge.builder("postern.admission.strangers", counts, SessionCounts::strangers)
                .description("sessions of clients that have not logged in")
                .tag("farm", farm)
                .register(meters);
        this.lists = new AccessLists(farm, config.lists(), meters);
    }

    /// Begins to look after the files of rules.
    public void watch() {
        lists.watch();
    }

    private int keptForUsers() {
        return front.authentication() == Authentication.NONE
                ? 0
                : config.pressure().usersPercent();
    }

    /// Whether one more connection may be open; if so it is counted, and must be given back with [#closed()].
    public boolean opened() {
        boolean room = counts.open();
        if (!room) {
            count(Bar.CONNECTIONS);
        }
        return room;
    }

    public void closed() {
        counts.close();
    }

    /// What a client is told when all connections are taken.
    public static Reply full() {
        return later("4.7.0", "Too many connections, try again later");
    }

    /// A client connects, or a peer speaks for it.
    public Entry enter(InetAddress client) {
        return enter(client, false);
    }

    /// A peer connects that may say for whom it speaks: it has no limits of its own, for those are its clients'.
    public Entry enterRelay(InetAddress peer) {
        return enter(peer, true);
    }

    private Entry enter(InetAddress client, boolean relay) {
        Optional<Rule> rule = lists.rules().client(client);
        Visit.Standing standing = standing(client, rule, relay);
        boolean stranger = standing == Visit.Standing.STRANGER;
        if (stranger && !rates.mayConnect(client)) {
            return turnedAway(Bar.CONNECTION_RATE, later("4.7.0", "Connecting too often, try again later"));
        }
        boolean usersOnly = standing != Visit.Standing.ALLOWED && isKeptForUsers();
        if (standing != Visit.Standing.ALLOWED
                && front.authentication() == Authentication.NONE
                && pressure.tooMuch(false)) {
            // Who might log in is greeted all the same.
            return turnedAway(Bar.PRESSURE, later("4.3.2", "Not taking mail now, try again later"));
        }
        return switch (counts.enter(client, standing == Visit.Standing.ALLOWED)) {
            case TOO_MANY_OF_CLIENT -> turnedAway(Bar.ADDRESS_SESSIONS, full());
            case TOO_MANY_OF_NETWORK -> turnedAway(Bar.NETWORK_SESSIONS, full());
            case COUNTED ->
                new Entry.Admitted(new Visit(
                        this,
                        new Visit.Place(
                                client,
                                standing,
                                rule.filter(each -> !each.allow()),
                                true,
                                usersOnly,
                                stranger ? greetingDelay(client) : Duration.ZERO)));
        };
    }

    /// A balancer that looks whether we are well: no limit is for it.
    public Visit healthCheck(InetAddress balancer) {
        return new Visit(
                this, new Visit.Place(balancer, Visit.Standing.ALLOWED, Optional.empty(), false, false, Duration.ZERO));
    }

    private Visit.Standing standing(InetAddress client, Optional<Rule> rule, boolean relay) {
        if (rule.isPresent()) {
            return rule.get().allow() ? Visit.Standing.ALLOWED : Visit.Standing.STRANGER;
        }
        if (relay) {
            return Visit.Standing.ALLOWED;
        }
        return config.exempt().stream().anyMatch(block -> block.contains(client))
                ? Visit.Standing.EXEMPT
                : Visit.Standing.STRANGER;
    }

    private boolean isKeptForUsers() {
        int forStrangers = front.limits().connections() * (100 - keptForUsers()) / 100;
        return keptForUsers() > 0 && counts.strangers() >= forStrangers;
    }

    private Duration greetingDelay(InetAddress client) {
        Duration everybody = config.greeting().delay();
        Duration suspect = config.greeting().suspectDelay();
        return suspect.compareTo(everybody) > 0 && !suspects.hasRoom(AddressKey.ofClient(client)) ? suspect : everybody;
    }

    private Entry turnedAway(Bar why, Reply reply) {
        count(why);
        return new Entry.TurnedAway(reply);
    }

    private static Reply later(String enhanced, String text) {
        return Reply.of(ReplyCode.SERVICE_NOT_AVAILABLE_421, enhanced, text);
    }

    /// The rule for a sender, if there is one.
    public Optional<Rule> sender(ReversePath sender) {
        return lists.rules().sender(sender);
    }

    /// The rule for a recipient, if there is one.
    public Optional<Rule> recipient(MailAddress recipient) {
        return lists.rules().recipient(recipient);
    }

    /// Failed logins.
    public LoginLimits logins() {
        return logins;
    }

    public Greylist greylist() {
        return greylist;
    }

    public Pressure pressure() {
        return pressure;
    }

    public AdmissionConfig config() {
        return config;
    }

    /// Reads these files of rules without using them yet.
    ///
    /// @return uses them in place of the old ones, and returns how many rules there are
    /// @throws org.postern.core.config.ConfigException with all problems
    public IntSupplier prepareLists(List<Path> files) {
        return lists.prepare(files);
    }

    /// Counts what was not let through.
    public void count(Bar why) {
        Counter counter = barred.get(why);
        if (counter != null) {
            counter.increment();
        }
    }

    SessionCounts counts() {
        return counts;
    }

    Rates rates() {
        return rates;
    }

    LeakyCounters<AddressKey> suspects() {
        return suspects;
    }

    /// The commands of one session.
    LeakyBucket ownCommands() {
        return new LeakyBucket(config.rates().sessionCommands(), nanoTime);
    }

    Pace pace() {
        return new Pace(config.rates().minimum().bytes(), nanoTime);
    }

    @Override
    public void close() {
        lists.close();
    }
}
