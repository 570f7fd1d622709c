// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;

class FrameFuzzTest {
    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private static MailFrame mailFrame() {
        Handoff mail = Mails.handoff("text", "alice@example.org", "bob@example.org");
        return new MailFrame(mail.id(), mail.dedupKey(), Duration.ofSeconds(7), mail.disposition(), 4, mail.envelope());
    }

    @Test
    void frame_cutAnywhere_isNoFrame() throws IOException {
        MailFrame mail = mailFrame();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        mail.frame().write(out);
        byte[] whole = out.toByteArray();
        assertThat(MailFrame.parse(Frame.read(new ByteArrayInputStream(whole)))).isEqualTo(mail);
        for (int i = 0; i < whole.length; i++) {
            byte[] part = Arrays.copyOf(whole, i);
            assertThatThrownBy(() -> Frame.read(new ByteArrayInputStream(part))).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void frame_thatClaimsTooMuch_isRefusedBeforeABufferIsMade() {
        byte[] claim = {'M', 0x7f, -1, -1, -1};
        assertThatThrownBy(() -> Frame.read(new ByteArrayInputStream(claim))).isInstanceOf(ProtocolException.class);
    }

    @Test
    void mailFrame_withRandomDamage_isRefusedOrReadable() throws IOException {
        System.err.println("FrameFuzzTest seed " + seed);
        for (int i = 0; i < 5000; i++) {
            byte[] payload = mailFrame().frame().payload();
            for (int n = random.nextInt(1, 4); n > 0; n--) {
                payload[random.nextInt(payload.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(MailFrame.parse(new Frame(Frame.MAIL, payload)).bodyLength())
                        .isNotNegative();
            } catch (IOException e) {
                assertThat(e).isNotNull();
            }
        }
    }

    @Test
    void server_thatIsSentGarbage_keepsNothingAndGoesOnServing() throws IOException {
        System.err.println("FrameFuzzTest seed " + seed);
        try (RunningStore store = new RunningStore(folder)) {
            for (int i = 0; i < 60; i++) {
                try (Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), store.handoff().port())) {
                    socket.setSoTimeout(20_000);
                    if (i % 2 == 0) {
                        new Hello(1, 1, "mx1").frame().write(socket.getOutputStream());
                    }
                    byte[] garbage = new byte[random.nextInt(300)];
                    random.nextBytes(garbage);
                    if (garbage.length > 5 && i % 3 == 0) {
                        byte[] head = {(byte) "MTQXPI".charAt(random.nextInt(6)), 0, 0, 0, (byte) 100};
                        System.arraycopy(head, 0, garbage, 0, 5);
                    }
                    socket.getOutputStream().write(garbage);
                    socket.shutdownOutput();
                    assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(1000);
                } catch (java.net.SocketException e) {
                    // Closed while we still sent.
                    assertThat(e).isNotNull();
                }
            }
            assertThat(store.store().stats().mails()).isZero();
            try (MailStore front = store.front()) {
                assertThat(front.handOver(Mails.handoff("x", "alice@example.org"), Mails.soon()))
                        .isInstanceOf(HandoffResult.Accepted.class);
            }
        }
    }
}
