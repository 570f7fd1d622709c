// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.postern.scanworkers.pool.BackendAddress.Tcp;

class BackendAddressTest {
    private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress OTHER = InetAddress.ofLiteral("192.0.2.2");
    private static final InetAddress SIX = InetAddress.ofLiteral("2001:db8::1");

    @Test
    void warning_ofANameWithSeveralAddresses_saysThatEachIsABackend() {
        assertThat(Tcp.warning("clamd.example", ONE, OTHER, SIX))
                .isEqualTo("; clamd.example has 2 addresses and a probe reaches one of them: name each of them as a"
                        + " backend of its own");
    }

    @Test
    void warning_ofOneMachine_isEmpty() {
        assertThat(Tcp.warning("clamd.example", ONE, SIX)).isEmpty();
        for (String address : new String[] {"127.0.0.1:3310", "[::1]:3310", "localhost:3310", "unix:/run/clamd.ctl"}) {
            assertThat(BackendAddress.parse(address).warning()).as(address).isEmpty();
        }
    }
}
