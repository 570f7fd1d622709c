// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All servers that are measured, started together and stopped together.
final class Peers implements AutoCloseable {
    static final String POSTERN = "Postern";
    static final String POSTERN_CLAMD = "Postern + clamd";
    static final String POSTFIX = "Postfix";
    static final String POSTFIX_MAILDIR = "Postfix to Maildir";
    static final String POSTFIX_MILTER = "Postfix + clamav-milter";

    private final List<Peer> started = new ArrayList<>();

    private Peers() {}

    static Peers start(Path postern, InetSocketAddress clamd, InetSocketAddress milter) {
        Peers peers = new Peers();
        try {
            peers.started.add(PosternPeer.start(POSTERN, postern, Optional.empty()));
            peers.started.add(PosternPeer.start(POSTERN_CLAMD, postern, Optional.of(clamd)));
            peers.started.add(PostfixPeer.holding(POSTFIX, Optional.empty()));
            peers.started.add(PostfixPeer.delivering(POSTFIX_MAILDIR));
            peers.started.add(PostfixPeer.holding(POSTFIX_MILTER, Optional.of(milter)));
            peers.started.add(SinkPeer.start());
        } catch (RuntimeException | Error e) {
            peers.close();
            throw e;
        }
        return peers;
    }

    List<Peer> list() {
        return List.copyOf(started);
    }

    @Override
    public void close() {
        started.reversed().forEach(Peer::close);
    }
}
