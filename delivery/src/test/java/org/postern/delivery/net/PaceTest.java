// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postern.core.limits.Deadline;

class PaceTest {
    @SuppressWarnings("NullAway.Init") // before each test
    private Socket peer;

    @SuppressWarnings("NullAway.Init") // before each test
    private Socket socket;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            peer = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
            socket = server.accept();
        }
    }

    @AfterEach
    void close() throws IOException {
        peer.close();
        socket.close();
    }

    /// Sends an octet at a time until the other side has had enough.
    private void drip(Duration pause, int octets) {
        Thread.ofVirtual().start(() -> {
            try {
                OutputStream out = peer.getOutputStream();
                for (int i = 0; i < octets; i++) {
                    out.write('x');
                    LockSupport.parkNanos(pause.toNanos());
                }
            } catch (IOException e) {
                // Closed at the end of the test.
            }
        });
    }

    @Test
    void peer_slowerThanTheMinimumRate_isGivenUp_longBeforeItsDeadline() throws IOException {
        DeadlineInputStream in = new DeadlineInputStream(socket, 1000, Duration.ofMillis(300));
        in.until(Deadline.in(Duration.ofMinutes(5)), true);
        drip(Duration.ofMillis(20), 100_000);
        assertThatThrownBy(() -> in.readNBytes(100_000))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("slower than 1000 octets a second");
    }

    @Test
    void silentPeer_isGivenUpAtTheEndOfTheWindow_orAtTheDeadline_whicheverIsFirst() throws IOException {
        DeadlineInputStream paced = new DeadlineInputStream(socket, 1, Duration.ofMillis(100));
        paced.until(Deadline.in(Duration.ofMinutes(5)), true);
        assertThatThrownBy(paced::read).hasMessageContaining("slower than");
        paced.until(Deadline.in(Duration.ofMillis(50)), false);
        assertThatThrownBy(paced::read).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void peer_fastEnough_mayTakeManyWindows() throws IOException {
        DeadlineInputStream in = new DeadlineInputStream(socket, 1, Duration.ofSeconds(2));
        in.until(Deadline.in(Duration.ofMinutes(1)), true);
        drip(Duration.ofMillis(50), 100);
        assertThat(in.readNBytes(100)).hasSize(100);
    }
}
