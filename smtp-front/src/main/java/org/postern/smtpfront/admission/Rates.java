// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.admission;

import java.net.InetAddress;
import java.util.function.LongSupplier;
import org.postern.core.limits.AddressKey;
import org.postern.core.limits.LeakyCounters;
import org.postern.core.limits.Rate;

/// How often the clients of all sessions connect and send commands. Any thread.
final class Rates {
    private final Networks networks;
    private final LeakyCounters<AddressKey> connections;
    private final LeakyCounters<AddressKey> networkConnections;
    private final LeakyCounters<AddressKey> commands;
    private final LeakyCounters<AddressKey> networkCommands;

    Rates(AdmissionConfig config, Networks networks, LongSupplier nanoTime) {
        this.networks = networks;
        int remembered = config.rates().remembered();
        Rate connect = config.rates().connections();
        Rate command = config.rates().commands();
        this.connections = new LeakyCounters<>(connect, remembered, nanoTime);
        this.networkConnections = new LeakyCounters<>(connect.times(config.networkFactor()), remembered, nanoTime);
        this.commands = new LeakyCounters<>(command, remembered, nanoTime);
        this.networkCommands = new LeakyCounters<>(command.times(config.networkFactor()), remembered, nanoTime);
    }

    boolean mayConnect(InetAddress client) {
        return connections.take(AddressKey.ofClient(client)) && networkConnections.take(networks.of(client));
    }

    boolean mayCommand(InetAddress client) {
        return commands.take(AddressKey.ofClient(client)) && networkCommands.take(networks.of(client));
    }
}
