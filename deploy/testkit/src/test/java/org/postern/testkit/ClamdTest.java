// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClamdTest {
    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void clamd_whenStarted_scansOverTcpAndListensOnItsSocket(Way way) throws IOException {
        try (Clamd clamd = Clamd.options().way(way).start()) {
            assertThat(clamd.way()).isEqualTo(way);
            assertThat(clamd.scan(Eicar.bytes())).isEqualTo("stream: Eicar-Test-Signature.UNOFFICIAL FOUND");
            assertThat(clamd.scan("nothing bad".getBytes(StandardCharsets.US_ASCII)))
                    .isEqualTo("stream: OK");
            assertThat(clamd.command("PING")).isEqualTo("PONG");
            assertThat(clamd.version()).isPresent();
            assertThat(clamd.socketPath()).exists();
        }
    }

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void frozen_whenAsked_acceptsButDoesNotAnswerUntilResumed(Way way) throws IOException {
        try (Clamd clamd = Clamd.options().way(way).start()) {
            clamd.freeze();
            try (Socket socket = new Socket()) {
                socket.connect(clamd.address(), 5_000);
                socket.setSoTimeout(300);
                socket.getOutputStream().write("zPING\0".getBytes(StandardCharsets.US_ASCII));
                assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(IOException.class);
                clamd.resume();
                socket.setSoTimeout(10_000);
                assertThat(socket.getInputStream().read()).isEqualTo('P');
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void killed_whenRestarted_servesAtTheSameAddress(Way way) throws IOException {
        try (Clamd clamd = Clamd.options().way(way).start()) {
            InetSocketAddress before = clamd.address();
            clamd.kill();
            assertThat(clamd.alive()).isFalse();
            assertThatThrownBy(() -> clamd.command("PING")).isInstanceOf(IOException.class);
            clamd.restart();
            assertThat(clamd.address()).isEqualTo(before);
            assertThat(clamd.command("PING")).isEqualTo("PONG");
        }
    }

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void addedSignature_afterReload_isFound(Way way) throws IOException {
        byte[] pattern = "a pattern of this test".getBytes(StandardCharsets.US_ASCII);
        try (Clamd clamd = Clamd.options().way(way).start()) {
            assertThat(clamd.scan(pattern)).isEqualTo("stream: OK");
            clamd.addSignature("Test.Added", pattern);
            clamd.reload();
            assertThat(clamd.scan(pattern)).isEqualTo("stream: Test.Added.UNOFFICIAL FOUND");
        }
    }

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void settings_whenGiven_replaceTheKitsOwn(Way way) throws IOException {
        try (Clamd clamd =
                Clamd.options().way(way).set("StreamMaxLength", "100K").start()) {
            assertThatThrownBy(() -> {
                        String reply = clamd.scan(new byte[1_000_000]);
                        throw new IOException(reply);
                    })
                    .isInstanceOf(IOException.class);
            assertThat(clamd.scan(new byte[10_000])).isEqualTo("stream: OK");
        }
    }

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void clamd_whenClosed_leavesNothing(Way way) throws IOException {
        Clamd clamd =
                Clamd.options().way(way).withoutWaiting().randomHashes(1_000).start();
        Path folder = clamd.socketPath().getParent();
        clamd.awaitReady();
        clamd.close();
        assertThat(Files.exists(folder)).isFalse();
        assertThatThrownBy(() -> clamd.command("PING")).isInstanceOf(IOException.class);
    }
}
