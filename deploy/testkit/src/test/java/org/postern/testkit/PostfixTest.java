// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PostfixTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void postfix_whenSentMailBothWays_deliversIt(Way way) throws IOException {
        try (Postfix postfix = Postfix.options().way(way).start()) {
            Tool.Result smtp =
                    Tool.smtpSource(LIMIT, List.of("-m", "3", "-t", "a@example.org", at(postfix.smtpAddress())));
            assertThat(smtp).isEqualTo(new Tool.Result(0, ""));
            Tool.Result qmqp =
                    Tool.qmqpSource(LIMIT, List.of("-m", "2", "-t", "a@example.org", at(postfix.qmqpAddress())));
            assertThat(qmqp).isEqualTo(new Tool.Result(0, ""));
            assertThat(postfix.awaitMessages(5))
                    .hasSize(5)
                    .allSatisfy(file -> assertThat(Files.readString(file)).contains("Received: "));
        }
    }

    @Test
    void swaks_whenGivenAMessage_sendsItToASinkThatKeepsIt() throws IOException {
        byte[] message = "Subject: kept\r\n\r\nas it is\r\n".getBytes(StandardCharsets.US_ASCII);
        try (Sink sink = Sink.smtp()) {
            Tool.Result result = Tool.swaks(
                    LIMIT, Optional.of(message), List.of("--server", at(sink.address()), "--to", "a@example.org"));
            assertThat(result.output()).contains("Subject: kept");
            assertThat(result.exitCode()).isZero();
            assertThat(sink.messages()).hasSize(1);
            assertThat(Files.readString(sink.messages().getFirst())).contains("as it is");
        }
    }

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void sinks_whenToldToRefuse_refuse(Way way) {
        try (Sink refusing = Sink.smtp(Optional.of(way), List.of("-f", "RCPT"));
                Sink qmqp = Sink.qmqp(Optional.of(way))) {
            assertThat(Tool.smtpSource(LIMIT, List.of(at(refusing.address()))).output())
                    .contains("500");
            assertThat(refusing.messages()).isEmpty();
            assertThat(Tool.qmqpSource(LIMIT, List.of("-m", "4", at(qmqp.address())))
                            .exitCode())
                    .isZero();
        }
    }

    private static String at(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
