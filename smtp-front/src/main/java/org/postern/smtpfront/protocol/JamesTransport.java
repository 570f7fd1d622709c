// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.apache.james.protocols.api.ProtocolSession;
import org.apache.james.protocols.api.ProtocolTransport;
import org.apache.james.protocols.api.Response;
import org.apache.james.protocols.api.handler.LineHandler;
import org.apache.james.protocols.smtp.SMTPSession;
import org.postern.smtpfront.transport.Link;
import org.postern.smtpfront.transport.TlsInfo;

/// Our connection as James sees it. James only ever answers lines here: it neither writes nor stops reading.
final class JamesTransport implements ProtocolTransport {
    private final Link link;
    private final Deque<LineHandler<SMTPSession>> lineHandlers = new ArrayDeque<>(1);

    JamesTransport(Link link, LineHandler<SMTPSession> dispatcher) {
        this.link = link;
        lineHandlers.push(dispatcher);
    }

    /// Who takes the next line: the dispatcher, or a dialogue of several lines.
    LineHandler<SMTPSession> lineHandler() {
        return lineHandlers.element();
    }

    /// Whether the next line belongs to a dialogue of several lines.
    boolean isInDialogue() {
        return lineHandlers.size() > 1;
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return link.remoteAddress();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return link.localAddress();
    }

    @Override
    public String getId() {
        return link.id();
    }

    @Override
    public boolean isTLSStarted() {
        return link.tls().isPresent();
    }

    @Override
    public boolean isStartTLSSupported() {
        return link.offersStartTls();
    }

    @Override
    public Optional<SSLSession> getSSLSession() {
        return link.tls().flatMap(TlsInfo::session);
    }

    @Override
    public boolean isProxyRequired() {
        return false;
    }

    @Override
    public void writeResponse(Response response, ProtocolSession session) {
        link.send(Replied.octets(response));
    }

    @Override
    public void popLineHandler() {
        if (lineHandlers.size() > 1) {
            lineHandlers.pop();
        }
    }

    @Override
    @SuppressWarnings("unchecked") // there are only SMTP sessions here
    public void pushLineHandler(LineHandler<? extends ProtocolSession> handler, ProtocolSession session) {
        lineHandlers.push((LineHandler<SMTPSession>) handler);
    }

    @Override
    public void setReadable(boolean readable) {
        throw new UnsupportedOperationException("the transport decides when to read");
    }

    @Override
    public boolean isReadable() {
        return true;
    }
}
