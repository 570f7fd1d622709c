// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.apache.james.protocols.api.ProtocolSession.AttachmentKey;
import org.apache.james.protocols.api.ProtocolSession.State;
import org.apache.james.protocols.smtp.SMTPSession;
import org.postern.core.directory.Account;
import org.postern.core.mail.ClientInfo;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.ListenerConfig;
import org.postern.smtpfront.TlsMode;
import org.postern.smtpfront.admission.Visit;
import org.postern.smtpfront.transaction.Completion;
import org.postern.smtpfront.transaction.MailInProgress;
import org.postern.smtpfront.transaction.Outcome;
import org.postern.smtpfront.transaction.RecipientPlaces;
import org.postern.smtpfront.transport.Link;
import org.postern.smtpfront.transport.TlsInfo;

/// What is known of one client, attached to its James session. One thread at a time.
final class Session {
    private static final AttachmentKey<Session> KEY = AttachmentKey.of("POSTERN_SESSION", Session.class);

    private final Farm farm;
    private final ListenerConfig listener;
    private final Link link;
    private Optional<InetAddress> announcedAddress = Optional.empty();
    private final Visit visit;
    private volatile long beganNanos = System.nanoTime();
    private boolean earlyTalker;
    private String helo = "";
    private boolean esmtp;
    private Optional<Account> account = Optional.empty();
    private Optional<MailInProgress> mail = Optional.empty();
    private boolean dataFollows;
    private boolean chunksBegan;
    private int recipientPlaces;
    private int errors;
    private int mails;
    private final LoginAttempts logins;

    Session(Farm farm, ListenerConfig listener, Link link, Visit visit) {
        this.farm = farm;
        this.listener = listener;
        this.link = link;
        this.visit = visit;
        this.logins = new LoginAttempts(this, farm, link);
    }

    static Session of(SMTPSession james) {
        return james.getAttachment(KEY, State.Connection).orElseThrow();
    }

    void attachTo(SMTPSession james) {
        james.setAttachment(KEY, this, State.Connection);
    }

    Farm farm() {
        return farm;
    }

    /// The session as admission sees it.
    Visit visit() {
        return visit;
    }

    /// How long this client has been here. Any thread.
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - beganNanos);
    }

    /// The client spoke before it was greeted.
    void spokeEarly() {
        earlyTalker = true;
    }

    boolean tlsActive() {
        return link.tls().isPresent();
    }

    boolean tlsMissing() {
        return listener.tls() == TlsMode.STARTTLS_REQUIRED && !tlsActive();
    }

    InetAddress clientAddress() {
        return announcedAddress.orElseGet(() -> link.remoteAddress().getAddress());
    }

    /// Whether the peer may speak for others by XCLIENT; the address it speaks for does not matter.
    boolean mayAnnounceClients() {
        return listener.mayAnnounceClients(link.remoteAddress().getAddress());
    }

    /// The session is another client's from now on: it begins anew, with what the peer says of that client.
    ///
    /// @return what that client is told where it is not let in; the session must end then
    Optional<Reply> announced(XclientArguments client) {
        announcedAddress = client.address().or(() -> announcedAddress);
        helo = client.helo().orElse("");
        esmtp = client.esmtp().orElse(!helo.isEmpty());
        account = Optional.empty();
        earlyTalker = false;
        beganNanos = System.nanoTime();
        Optional<Reply> refusal = visit.speaksFor(clientAddress()).or(() -> GreetingCheck.denied(visit));
        if (refusal.isEmpty()) {
            farm.with().assessor().connected(client());
        }
        return refusal;
    }

    void greeted(String name, boolean withEhlo) {
        helo = name;
        esmtp = withEhlo;
    }

    boolean greeted() {
        return !helo.isEmpty();
    }

    Optional<Account> account() {
        return account;
    }

    /// What the client does to log in.
    LoginAttempts logins() {
        return logins;
    }

    /// @param login the name the client gave
    void loggedIn(Account who, String login) {
        account = Optional.of(who);
        farm.admission().logins().succeeded(clientAddress(), login);
        visit.loggedIn();
    }

    /// Everything the client said before TLS counts for nothing. RFC 3207 section 4.2
    void forgetGreeting() {
        helo = "";
        esmtp = false;
    }

    ClientInfo client() {
        return new ClientInfo(
                clientAddress(),
                helo,
                esmtp,
                link.tls().map(tls -> (tls.protocol() + " " + tls.cipher()).strip()),
                account.map(who -> who.address().toString()),
                link.tls().flatMap(TlsInfo::clientSubject),
                earlyTalker);
    }

    Optional<MailInProgress> mail() {
        return mail;
    }

    void begin(MailInProgress next) {
        if (visit.spared() || account.isPresent()) {
            next.spareGreylisting();
        }
        mail = Optional.of(next);
        mails++;
    }

    /// Takes a place for one more recipient of the open mail; `false` where the front has none left.
    boolean hasRoomForRecipient() {
        if (mail.map(MailInProgress::recipientCount).orElse(0) < RecipientPlaces.FREE) {
            return true;
        }
        boolean room = farm.mails().recipients().take();
        recipientPlaces += room ? 1 : 0;
        return room;
    }

    boolean mailsUsedUp() {
        return mails >= farm.config().limits().mailsPerSession();
    }

    /// Ends the transaction with its outcome and writes it down.
    void end(Outcome outcome) {
        mail.ifPresent(ended -> farm.decisions().record(ended, client(), outcome));
        over();
    }

    /// Ends the transaction with what became of each part, and writes it down.
    void end(Completion completion) {
        completion.parts().forEach(part -> farm.decisions().record(part.mail(), client(), part.outcome()));
        over();
    }

    private void over() {
        if (recipientPlaces > 0) {
            farm.mails().recipients().giveBack(recipientPlaces);
            recipientPlaces = 0;
        }
        mail = Optional.empty();
        dataFollows = false;
        chunksBegan = false;
    }

    /// Ends a transaction that came to no message; where nothing was refused in it, there is nothing to write down
    /// but that it was given up.
    void giveUp(String why) {
        mail.ifPresent(given -> end(Outcome.refused(
                given.lastRefusal().orElseGet(() -> Reply.of(ReplyCode.COMPLETED_250, "2.0.0", "Transaction given up")),
                0,
                why)));
    }

    void dataFollows() {
        dataFollows = true;
    }

    /// Whether the octets that follow are a message.
    boolean isDataNext() {
        return dataFollows;
    }

    /// The message comes by BDAT.
    void chunksBegan() {
        chunksBegan = true;
    }

    /// Whether the message has begun by BDAT: then nothing but BDAT belongs to it any more.
    boolean haveChunksBegun() {
        return chunksBegan;
    }

    /// Counts a refused command; `true` when there were too many.
    boolean erred() {
        errors++;
        return errors >= farm.config().limits().errors();
    }
}
