// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.List;
import org.apache.james.protocols.api.handler.ProtocolHandlerChainImpl;
import org.apache.james.protocols.api.handler.WiringException;
import org.apache.james.protocols.smtp.core.esmtp.StartTlsCmdHandler;

/// The handlers of all commands, wired by James. The order is the order of the lines of the EHLO reply.
final class Chain {
    private Chain() {}

    static Dispatcher create() {
        Dispatcher dispatcher = new Dispatcher();
        ProtocolHandlerChainImpl chain = new ProtocolHandlerChainImpl();
        chain.addAll(List.of(
                dispatcher,
                new HeloCommand(),
                new MailCommand(),
                new BdatCommand(),
                new StartTlsCmdHandler(),
                new AuthCommand(),
                new XclientCommand(),
                new RcptCommand(),
                new DataCommand(),
                new SimpleCommands()));
        try {
            chain.wireExtensibleHandlers();
        } catch (WiringException e) {
            throw new IllegalStateException("the handler chain does not fit together", e);
        }
        return dispatcher;
    }
}
