// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postern.core.limits.ByteSize;

/// Sessions broken off after every octet: nothing of them stays.
final class BrokenSessionsTest {
    private static final String SESSION = "EHLO client.example\r\nNOOP\r\nMAIL FROM:<a@there.example>\r\n"
            + "RCPT TO:<nobody@here.example>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\nSubject: x\r\n\r\n"
            + "text ".repeat(300) + "\r\n..\r\n.\r\nRSET\r\nQUIT\r\n";

    @Test
    void a_session_broken_off_anywhere_leaves_no_descriptor_file_or_connection() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (TestFront front = TestFront.mx(BrokenSessionsTest::tinyMemory)) {
            breakOff(front, random, 50);
            long before = descriptors();
            breakOff(front, random, 600);
            // The last mails are let go of a moment after their connections.
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (descriptors() > before + 10 && System.nanoTime() < end) {
                Thread.sleep(50);
            }
            assertThat(descriptors()).isLessThanOrEqualTo(before + 10);
            try (Stream<Path> files = Files.list(front.tempFolder)) {
                assertThat(files).isEmpty();
            }
            assertThat(LeakCheck.leaks()).isEmpty();
        }
    }

    private static SmtpFrontConfig tinyMemory(SmtpFrontConfig config) {
        return Change.limits(
                config, new LimitsConfig(2000, 2000, ByteSize.ofMiB(1), ByteSize.ofKiB(1), 10, 512, 20, 10, 50));
    }

    private static void breakOff(TestFront front, Random random, int times) throws IOException, InterruptedException {
        for (int i = 0; i < times; i++) {
            try (Client client = Client.connect(front.address(0))) {
                client.sendRaw(SESSION.substring(0, random.nextInt(SESSION.length())));
                if (random.nextBoolean()) {
                    client.abort();
                }
            }
        }
        while (front.front.connections() > 0) {
            Thread.sleep(10);
        }
    }

    private static long descriptors() {
        var system = (com.sun.management.UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getOpenFileDescriptorCount();
    }
}
