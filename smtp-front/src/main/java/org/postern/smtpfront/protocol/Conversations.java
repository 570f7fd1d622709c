// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import org.postern.smtpfront.ListenerConfig;
import org.postern.smtpfront.admission.Visit;
import org.postern.smtpfront.transport.Conversation;
import org.postern.smtpfront.transport.Link;

/// Makes the conversations of one farm. Any thread.
public final class Conversations {
    private final Farm farm;
    private final Dispatcher dispatcher = Chain.create();

    public Conversations(Farm farm) {
        this.farm = farm;
    }

    /// A new conversation over a connection that came in on this listener.
    public Conversation start(Link link, ListenerConfig listener, Visit visit) {
        return new SmtpConversation(farm, dispatcher, listener, link, visit);
    }
}
