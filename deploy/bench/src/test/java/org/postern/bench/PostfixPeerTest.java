// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postern.testkit.ClamavMilter;
import org.postern.testkit.Clamd;
import org.postern.testkit.Eicar;

/// The measured Postfix does what its description says: otherwise the ratios compare different work.
class PostfixPeerTest {
    private static final String SENDER = "load@example.org";
    private static final String RECIPIENT = "anna@example.org";

    @Test
    void postfixWithMilter_whenSentATestVirusAndAMail_refusesTheOneAndHoldsTheOther() throws IOException {
        byte[] virus = ("Subject: virus\r\n\r\n" + Eicar.text() + "\r\n").getBytes(StandardCharsets.US_ASCII);
        try (Clamd clamd = Clamd.start();
                ClamavMilter milter = ClamavMilter.options(clamd.address()).start();
                PostfixPeer peer = PostfixPeer.holding("postfix", Optional.of(milter.address()));
                SmtpClient client = new SmtpClient(peer.address())) {
            assertThat(client.send(SENDER, RECIPIENT, virus).code()).isBetween(500, 599);
            assertThat(client.send(SENDER, RECIPIENT, new Messages(4096, 1).next())
                            .code())
                    .isEqualTo(250);
            Path queue = peer.postfix().daemon().folder().resolve("queue");
            assertThat(files(queue.resolve("hold"))).isEqualTo(1);
            assertThat(files(queue.resolve("deferred"))).isZero();
            assertThat(peer.postfix().messages()).isEmpty();
        }
    }

    private static long files(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile).count();
        }
    }
}
