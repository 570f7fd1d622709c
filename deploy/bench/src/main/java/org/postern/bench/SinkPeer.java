// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.postern.testkit.Sink;

/// `smtp-sink`, which throws mail away: shows how much the load generator itself can send.
///
/// @param sink the running instance
record SinkPeer(Sink sink) implements Peer {
    static SinkPeer start() {
        return new SinkPeer(Sink.smtpDiscarding());
    }

    @Override
    public String name() {
        return "smtp-sink";
    }

    @Override
    public String description() {
        return "throws mail away: the limit of the load generator on this machine";
    }

    @Override
    public InetSocketAddress address() {
        return sink.address();
    }

    @Override
    public Optional<Path> busyFolder() {
        return Optional.empty();
    }

    @Override
    public void close() {
        sink.close();
    }
}
