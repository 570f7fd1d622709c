// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Counts connections, and the sessions of each client network: one IPv4 address, or one IPv6 /64. Any thread; the
/// lock guards the counts.
public final class ConnectionLimits {
    private static final int IPV6_NETWORK_OCTETS = 8;

    private final int totalMax;
    private final int perNetworkMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ByteBuffer, Integer> perNetwork = new HashMap<>();
    private int total;

    public ConnectionLimits(int totalMax, int perNetworkMax) {
        this.totalMax = totalMax;
        this.perNetworkMax = perNetworkMax;
    }

    /// Whether one more connection may be open; if so it is counted, and must be given back with [#closed()].
    public boolean opened() {
        lock.lock();
        try {
            if (total >= totalMax) {
                return false;
            }
            total++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    public void closed() {
        lock.lock();
        try {
            total--;
        } finally {
            lock.unlock();
        }
    }

    /// Whether this client may have one more session; if so it is counted, and must be given back with
    /// [#leave(InetAddress)].
    public boolean enter(InetAddress client) {
        ByteBuffer network = network(client);
        lock.lock();
        try {
            int now = perNetwork.getOrDefault(network, 0);
            if (now >= perNetworkMax) {
                return false;
            }
            perNetwork.put(network, now + 1);
            return true;
        } finally {
            lock.unlock();
        }
    }

    public void leave(InetAddress client) {
        lock.lock();
        try {
            perNetwork.computeIfPresent(network(client), (key, count) -> count == 1 ? null : count - 1);
        } finally {
            lock.unlock();
        }
    }

    /// Connections now.
    public int total() {
        lock.lock();
        try {
            return total;
        } finally {
            lock.unlock();
        }
    }

    private static ByteBuffer network(InetAddress client) {
        byte[] octets = client.getAddress();
        return ByteBuffer.wrap(octets.length == 4 ? octets : Arrays.copyOf(octets, IPV6_NETWORK_OCTETS));
    }
}
