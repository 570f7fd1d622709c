// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postern.core.limits.AddressKey;
import org.postern.core.limits.LeakyBucket;

/// One client's session as admission sees it. The conversation's thread uses it; [#close()] may come from another.
public final class Visit implements AutoCloseable {
    /// Whom the limits are for.
    public enum Standing {
        /// Nobody knows it: all limits hold.
        STRANGER,
        /// Its network is exempt: no rates, no delays, no greylisting.
        EXEMPT,
        /// A list allows it: like `EXEMPT`, and no bound on its sessions.
        ALLOWED
    }

    private final Admission admission;
    private final InetAddress client;
    private final Standing standing;
    private final Optional<Rule> denied;
    private final boolean counted;
    private final boolean usersOnly;
    private final Duration greetingDelay;
    private final LeakyBucket ownCommands;
    private final Pace pace;
    private final AtomicBoolean stranger = new AtomicBoolean(true);
    private final AtomicBoolean closed = new AtomicBoolean();
    private int idleCommands;

    Visit(
            Admission admission,
            InetAddress client,
            Standing standing,
            Optional<Rule> denied,
            boolean counted,
            boolean usersOnly,
            Duration greetingDelay) {
        this.admission = admission;
        this.client = client;
        this.standing = standing;
        this.denied = denied;
        this.counted = counted;
        this.usersOnly = usersOnly;
        this.greetingDelay = greetingDelay;
        this.ownCommands = admission.ownCommands();
        this.pace = admission.pace();
    }

    /// The rule that denies this client, if one does: it is to be told so instead of being greeted.
    public Optional<Rule> denied() {
        return denied;
    }

    /// Whether this session takes a place that is kept for users: it must log in before anything else.
    public boolean usersOnly() {
        return usersOnly && stranger.get();
    }

    /// How long the greeting is to be kept back.
    public Duration greetingDelay() {
        return greetingDelay;
    }

    /// Whether greylisting is spared.
    public boolean spared() {
        return standing != Standing.STRANGER;
    }

    public Pace pace() {
        return pace;
    }

    /// Counts a command.
    ///
    /// @param idle whether it brings no mail nearer
    /// @return why the session must end, if it must
    public Optional<Bar> command(boolean idle) {
        if (standing != Standing.STRANGER) {
            return Optional.empty();
        }
        idleCommands += idle ? 1 : 0;
        if (idleCommands > admission.config().rates().idleCommands()) {
            return Optional.of(Bar.IDLE_COMMANDS);
        }
        return ownCommands.take() && admission.rates().mayCommand(client)
                ? Optional.empty()
                : Optional.of(Bar.COMMAND_RATE);
    }

    /// A mail came to its end.
    public void mailEnded() {
        idleCommands = 0;
    }

    /// The client is known now.
    public void loggedIn() {
        if (counted && stranger.compareAndSet(true, false)) {
            admission.counts().known();
        }
    }

    /// Counts what was refused, and remembers the client as suspect where only bad clients do such a thing.
    public void barred(Bar why) {
        admission.count(why);
        boolean bad = switch (why) {
            case COMMAND_RATE, IDLE_COMMANDS, SILENT, ERRORS, EARLY_TALKER, LOGINS -> true;
            case CONNECTIONS,
                    ADDRESS_SESSIONS,
                    NETWORK_SESSIONS,
                    CONNECTION_RATE,
                    DENIED_CLIENT,
                    DENIED_SENDER,
                    DENIED_RECIPIENT,
                    GREYLISTED,
                    PRESSURE,
                    RESERVED -> false;
        };
        if (bad && standing == Standing.STRANGER) {
            admission.suspects().add(AddressKey.ofClient(client));
        }
    }

    /// Gives the session back. Closing twice does nothing.
    @Override
    public void close() {
        if (counted && closed.compareAndSet(false, true)) {
            admission.counts().leave(client, stranger.get());
        }
    }
}
