// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.time.Duration;
import java.util.Optional;
import org.apache.james.protocols.api.Response;
import org.apache.james.protocols.api.StartTlsResponse;
import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.SMTPSessionImpl;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.MailParameters;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;
import org.postern.smtpfront.ListenerConfig;
import org.postern.smtpfront.admission.Bar;
import org.postern.smtpfront.admission.Visit;
import org.postern.smtpfront.ingest.MessageIntake;
import org.postern.smtpfront.transaction.Completion;
import org.postern.smtpfront.transaction.Failures;
import org.postern.smtpfront.transaction.MailInProgress;
import org.postern.smtpfront.transaction.Outcome;
import org.postern.smtpfront.transport.Conversation;
import org.postern.smtpfront.transport.Link;

/// The SMTP dialogue with one client: lines go to James' chain, messages to an intake. One thread at a time, but
/// for [#patience()].
final class SmtpConversation implements Conversation {
    private static final Duration HURRIED = Duration.ofSeconds(30);

    private final Farm farm;
    private final Link link;
    private final SMTPSession james;
    private final Session session;
    private final Commands commands;
    private final Incoming incoming;
    private final ReceiptProof proof;
    private final Visit visit;
    private boolean greeted;

    /// The client was refused instead of greeted: it may say QUIT. RFC 5321 section 3.1
    private volatile boolean turnedAway;

    private boolean draining;
    private boolean over;

    /// What came in one piece with STARTTLS came unprotected and is not read.
    private boolean restIsLost;

    SmtpConversation(Farm farm, Dispatcher dispatcher, ListenerConfig listener, Link link, Visit visit) {
        this.farm = farm;
        this.link = link;
        JamesTransport transport = new JamesTransport(link, dispatcher);
        this.james = new SMTPSessionImpl(transport, new JamesConfiguration(farm));
        this.session = new Session(farm, listener, link, visit);
        this.visit = visit;
        session.attachTo(james);
        this.commands = new Commands(farm, transport, james);
        this.incoming = new Incoming(farm);
        this.proof = new ReceiptProof(farm.with().store());
    }

    @Override
    public void opened() {
        farm.with().assessor().connected(session.client());
        if (visit.greetingDelay().isPositive()) {
            link.hold(visit.greetingDelay());
        } else {
            greet();
        }
    }

    @Override
    public void resumed() {
        if (!over && !greeted) {
            greet();
        }
    }

    private void greet() {
        greeted = true;
        visit.pace().fresh();
        Optional<Reply> refusal = GreetingCheck.check(session, link.octetsReceived());
        turnedAway = refusal.isPresent();
        reply(Replied.of(refusal.orElseGet(
                () -> Reply.plain(ReplyCode.SERVICE_READY_220, farm.identity().hostname() + " ESMTP Postern"))));
    }

    @Override
    public boolean asksNobody(byte[] octets) {
        if (incoming.isExpected()) {
            return incoming.goesOnInMemory(octets);
        }
        return incoming.intake().isEmpty() && commands.isNext() && AtOnce.canDo(octets, session);
    }

    @Override
    public void received(byte[] octets, int from, int to) {
        if (!greeted) {
            // It has left before it was greeted.
            return;
        }
        int at = from;
        restIsLost = false;
        while (at < to && !over && !restIsLost) {
            int before = at;
            at = incoming.isExpected() ? message(octets, at, to) : command(octets, at, to);
            proof.read(restIsLost ? 0 : at - before);
        }
    }

    private int command(byte[] octets, int from, int to) {
        Optional<LineReader.Line> line = commands.read(octets, from, to);
        int at = commands.offset();
        if (line.isPresent()) {
            visit.pace().fresh();
            Optional<Bar> tooMuch = visit.command(IdleCommands.isOne(line.get()));
            if (tooMuch.isPresent()) {
                visit.barred(tooMuch.get());
                endWith("4.7.0", "Too many commands, try again later", "too many commands");
                return at;
            }
            proof.command(at - from);
            reply(commands.answer(line.get(), turnedAway));
        }
        return at;
    }

    private void reply(Response response) {
        switch (response) {
            case StartTlsResponse startTls -> startTls(startTls);
            case ChunkFollows chunk -> chunkFollows(chunk);
            default -> say(response);
        }
    }

    private void say(Response response) {
        link.send(Replied.octets(response));
        said(response);
    }

    /// What follows from a reply that was sent.
    private void said(Response response) {
        if (response.isEndSession()) {
            giveUp("session ended");
            end();
        } else if (response.getRetCode().startsWith("5") && session.erred()) {
            visit.barred(Bar.ERRORS);
            endWith("4.7.0", "Too many errors", "too many errors");
        } else if (session.isDataNext()) {
            // It counts before the client can know.
            incoming.data();
            link.flush();
        }
        if (session.mail().isEmpty()) {
            // RSET and the like end a message that waits for its next chunk. RFC 3030 section 2
            var _ = incoming.giveUp();
            if (draining) {
                endWith("4.3.2", "Service closing, try again later", "front closing");
            }
        }
    }

    private void chunkFollows(ChunkFollows chunk) {
        incoming.chunk(
                chunk, session.mail().map(mail -> mail.parameters().body()).orElse(MailParameters.BodyType.SEVEN_BIT));
        completed();
    }

    private void startTls(Response response) {
        giveUp("client sent STARTTLS");
        james.resetState();
        session.forgetGreeting();
        commands.clear();
        restIsLost = true;
        proof.skipTo(link.octetsReceived());
        link.startTls(Replied.octets(response));
    }

    private int message(byte[] octets, int from, int to) {
        int at = incoming.read(octets, from, to);
        visit.pace().heard(at - from);
        completed();
        return at;
    }

    private void completed() {
        switch (incoming.complete().orElse(null)) {
            case null -> {
                // More of it is to come.
            }
            case Incoming.Complete.Message(MessageIntake whole) -> {
                finish(whole);
                visit.pace().fresh();
            }
            case Incoming.Complete.Reply(Replied reply) -> {
                say(reply);
                visit.pace().fresh();
            }
        }
    }

    private void finish(MessageIntake ended) {
        MailInProgress mail = session.mail().orElseThrow();
        // Where its end is not waited for, nobody can tell the next command from it.
        boolean midway = ended.endless();
        link.flush();
        Completion completion;
        try (ended) {
            completion = farm.mails().complete(mail, session.client(), ended);
        } catch (RuntimeException e) {
            completion = Completion.whole(mail, Failures.reply("mail " + mail.id(), e), ended.size(), e.toString());
        }
        session.end(completion);
        visit.mailEnded();
        james.resetState();
        // Asked before the reply goes out: what is here by now was said without knowing it.
        long heardBefore = link.octetsReceived();
        completion.replies(mail).forEach(reply -> link.send(Replied.octets(Replied.of(reply))));
        said(new Replied(completion.reply(), midway));
        link.flush();
        for (Completion.Part part : completion.parts()) {
            if (part.outcome().storeId().isPresent()) {
                proof.accepted(new HandoffId(farm.identity().node(), part.mail().id()), heardBefore);
            }
        }
    }

    @Override
    public void timedOut() {
        if (!over) {
            visit.barred(Bar.SILENT);
        }
        endWith("4.4.2", "Timeout, closing the connection", "client silent or too slow");
    }

    @Override
    public void drain() {
        draining = true;
        if (incoming.intake().isEmpty() && !incoming.isExpected() && !over) {
            endWith("4.3.2", "Service closing, try again later", "front closing");
        }
    }

    private void endWith(String enhanced, String text, String why) {
        if (!over) {
            Reply reply = Reply.of(ReplyCode.SERVICE_NOT_AVAILABLE_421, enhanced, text);
            link.send(Replied.octets(Replied.of(reply)));
            brokenOff(reply, why);
            end();
        }
    }

    private void end() {
        over = true;
        link.close();
    }

    @Override
    public void closed() {
        brokenOff(
                Reply.of(ReplyCode.SERVICE_NOT_AVAILABLE_421, "4.4.2", "Connection lost"),
                "client closed the connection");
        over = true;
    }

    /// Throws away a message that will not be finished, and writes down that there was one.
    private void brokenOff(Reply reply, String why) {
        Optional<Long> size = incoming.giveUp();
        if (size.isPresent()) {
            session.end(Outcome.refused(reply, size.get(), why + " during the message"));
        } else {
            session.giveUp(why);
        }
    }

    private void giveUp(String why) {
        var _ = incoming.giveUp();
        session.giveUp(why);
    }

    @Override
    public Duration patience() {
        Duration usual = incoming.isExpected()
                ? farm.config().timeouts().data()
                : farm.config().timeouts().command();
        return isHurried() && usual.compareTo(HURRIED) > 0 ? HURRIED : usual;
    }

    @Override
    public Duration silent() {
        return isHurried() ? session.age() : visit.pace().silent();
    }

    /// Somebody else could use its place: it has little time, whatever it says.
    private boolean isHurried() {
        return turnedAway || visit.usersOnly();
    }
}
