// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.postern.core.limits.AddressKey;
import org.postern.core.limits.LeakyBucket;
import org.postern.core.reply.Reply;

/// One connection as admission sees it: for which client it is, and which place of that client it takes. The
/// conversation's thread uses it; [#close()] may come from another at any time. The monitor guards the fields that
/// change, so that whatever comes first, each place is given back once.
public final class Visit implements AutoCloseable {
    /// Whom the limits are for.
    public enum Standing {
        /// Nobody knows it: all limits hold.
        STRANGER,
        /// Its network is exempt: no rates, no delays, no greylisting.
        EXEMPT,
        /// A list allows it, or it speaks for others: like `EXEMPT`, and no bound on its sessions.
        ALLOWED
    }

    /// What a client was granted.
    ///
    /// @param denied the rule that denies it
    /// @param counted whether it stands in the tables and must be taken out
    /// @param usersOnly whether it is one of those kept for users
    /// @param greetingDelay how long the greeting is to be kept back
    record Place(
            InetAddress client,
            Standing standing,
            Optional<Rule> denied,
            boolean counted,
            boolean usersOnly,
            Duration greetingDelay) {}

    private final Admission admission;
    private final LeakyBucket ownCommands;
    private final Pace pace;
    private volatile Place place;
    private volatile boolean stranger = true;
    private boolean over;
    private int idleCommands;

    Visit(Admission admission, Place place) {
        this.admission = admission;
        this.place = place;
        this.ownCommands = admission.ownCommands();
        this.pace = admission.pace();
    }

    /// The rule that denies this client, if one does: it is to be told so instead of being greeted.
    public Optional<Rule> denied() {
        return place.denied();
    }

    /// Whether this session takes a place that is kept for users: it must log in before anything else.
    public boolean usersOnly() {
        return place.usersOnly() && stranger;
    }

    /// How long the greeting is to be kept back.
    public Duration greetingDelay() {
        return place.greetingDelay();
    }

    /// Whether greylisting is spared.
    public boolean spared() {
        return place.standing() != Standing.STRANGER;
    }

    public Pace pace() {
        return pace;
    }

    /// Counts a command.
    ///
    /// @param idle whether it brings no mail nearer
    /// @return why the session must end, if it must
    public Optional<Bar> command(boolean idle) {
        if (spared()) {
            return Optional.empty();
        }
        idleCommands += idle ? 1 : 0;
        if (idleCommands > admission.config().rates().idleCommands()) {
            return Optional.of(Bar.IDLE_COMMANDS);
        }
        return ownCommands.take() && admission.rates().mayCommand(place.client())
                ? Optional.empty()
                : Optional.of(Bar.COMMAND_RATE);
    }

    /// A mail came to its end.
    public void mailEnded() {
        idleCommands = 0;
    }

    /// The client is known now.
    public synchronized void loggedIn() {
        if (!over && stranger) {
            stranger = false;
            if (place.counted()) {
                admission.counts().known();
            }
        }
    }

    private void loggedOut() {
        if (!stranger && place.counted()) {
            admission.counts().unknown();
        }
        stranger = true;
    }

    /// The peer speaks for this client from now on: its place is given back, and one of that client's is taken.
    ///
    /// @return what is to be said where that client gets none; the session must end then
    public synchronized Optional<Reply> speaksFor(InetAddress client) {
        if (over) {
            return Optional.empty();
        }
        if (client.equals(place.client())) {
            loggedOut();
            return Optional.empty();
        }
        leave();
        return switch (admission.enter(client)) {
            case Entry.Admitted(Visit theirs) -> {
                place = theirs.place;
                stranger = true;
                over = false;
                yield Optional.empty();
            }
            case Entry.TurnedAway(Reply reply) -> Optional.of(reply);
        };
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
        if (bad && !spared()) {
            admission.suspects().add(AddressKey.ofClient(place.client()));
        }
    }

    /// Gives the place back. Closing twice does nothing.
    @Override
    public synchronized void close() {
        leave();
    }

    private void leave() {
        if (!over && place.counted()) {
            admission.counts().leave(place.client(), stranger);
        }
        over = true;
    }
}
