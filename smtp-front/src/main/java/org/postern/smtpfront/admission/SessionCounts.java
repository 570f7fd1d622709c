// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.core.limits.AddressKey;

/// Counts connections, and the sessions of each client and of each network. Any thread; the lock guards the counts.
/// The tables are bounded by the connections themselves.
final class SessionCounts {
    private final int totalMax;
    private final int perClientMax;
    private final int perNetworkMax;
    private final Networks networks;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<AddressKey, Integer> sessions = new HashMap<>();
    private final Map<AddressKey, Integer> networkSessions = new HashMap<>();
    private int total;
    private int strangers;

    /// Whether a session was counted.
    enum Answer {
        COUNTED,
        TOO_MANY_OF_CLIENT,
        TOO_MANY_OF_NETWORK
    }

    SessionCounts(int totalMax, int perClientMax, int perNetworkMax, Networks networks) {
        this.totalMax = totalMax;
        this.perClientMax = perClientMax;
        this.perNetworkMax = perNetworkMax;
        this.networks = networks;
    }

    boolean open() {
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

    void close() {
        lock.lock();
        try {
            total--;
        } finally {
            lock.unlock();
        }
    }

    /// @param unbounded whether it is counted without a bound
    Answer enter(InetAddress client, boolean unbounded) {
        AddressKey one = AddressKey.ofClient(client);
        AddressKey network = networks.of(client);
        lock.lock();
        try {
            int ofClient = sessions.getOrDefault(one, 0);
            int ofNetwork = networkSessions.getOrDefault(network, 0);
            if (!unbounded && ofClient >= perClientMax) {
                return Answer.TOO_MANY_OF_CLIENT;
            }
            if (!unbounded && ofNetwork >= perNetworkMax) {
                return Answer.TOO_MANY_OF_NETWORK;
            }
            sessions.put(one, ofClient + 1);
            networkSessions.put(network, ofNetwork + 1);
            strangers++;
            return Answer.COUNTED;
        } finally {
            lock.unlock();
        }
    }

    void leave(InetAddress client, boolean stranger) {
        lock.lock();
        try {
            sessions.computeIfPresent(AddressKey.ofClient(client), (key, count) -> count == 1 ? null : count - 1);
            networkSessions.computeIfPresent(networks.of(client), (key, count) -> count == 1 ? null : count - 1);
            strangers -= stranger ? 1 : 0;
        } finally {
            lock.unlock();
        }
    }

    /// A client has logged in: it is no stranger any more.
    void known() {
        lock.lock();
        try {
            strangers--;
        } finally {
            lock.unlock();
        }
    }

    /// A session goes on without its login.
    void unknown() {
        lock.lock();
        try {
            strangers++;
        } finally {
            lock.unlock();
        }
    }

    /// Sessions of clients that have not logged in.
    int strangers() {
        lock.lock();
        try {
            return strangers;
        } finally {
            lock.unlock();
        }
    }
}
