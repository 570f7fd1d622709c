// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Attachments in messages of Outlook. The compound files in `attachments` of the test resources were written with
/// Apache POI 5.5.1.
@Timeout(120)
class OutlookMessageTest {
    private final Judge judge = new Judge();

    @AfterEach
    void close() {
        judge.close();
    }

    private static byte[] message(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                OutlookMessageTest.class.getResourceAsStream("/attachments/" + name + ".msg.gz"))) {
            return new GZIPInputStream(in).readAllBytes();
        }
    }

    @Test
    void scan_ofAMessage_judgesTheNamesAndContentsOfItsAttachments() throws Exception {
        assertThat(judge.symbols("letter.msg", message("name")))
                .as("setup.exe")
                .containsExactly("ATTACHMENT_BLOCKED_IN_ARCHIVE");
        assertThat(judge.symbols("letter.msg", message("harmless"))).isEmpty();
        assertThat(judge.symbols("letter.msg", message("plain")))
                .as("without attachments")
                .isEmpty();
    }

    @Test
    void scan_ofAMessageInAMessage_looksAtItsAttachmentsToo() throws Exception {
        assertThat(judge.findings("letter.msg", message("nested")))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.symbol()).isEqualTo("ATTACHMENT_EXECUTABLE");
                    assertThat(finding.evidence()).startsWith("photo.jpg is ");
                });
    }

    @Test
    void scan_ofAMessageWithManyAttachments_looksAtEach() throws Exception {
        assertThat(judge.findings("letter.msg", message("many")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence()).startsWith("part97.bin is "));
    }

    /// 9 MB and then a zip archive with a program behind 200,000 octets: the table of chains has more sectors than the
    /// header names.
    @Test
    void scan_ofLargeAttachments_followsTheirChains() throws Exception {
        byte[] octets = message("large");
        assertThat(octets.length).isGreaterThan(109 * 128 * 512);
        assertThat(judge.findings("letter.msg", octets))
                .singleElement()
                .satisfies(finding -> assertThat(finding.evidence()).startsWith("photo.jpg is "));
    }

    @Test
    void scan_ofADamagedMessage_isSaidToBeUnreadable() throws Exception {
        byte[] whole = message("harmless");
        assertThat(judge.symbols("letter.msg", Arrays.copyOf(whole, whole.length / 2)))
                .containsExactly("ATTACHMENT_ARCHIVE_UNREADABLE");
        byte[] endless = whole.clone();
        int table = 512 * (1 + (whole[76] & 0xff)); // the first sector of the table of chains
        for (int i = 0; i < 512; i += 4) {
            endless[table + i] = 1; // every sector is followed by the second
            Arrays.fill(endless, table + i + 1, table + i + 4, (byte) 0);
        }
        assertThat(judge.symbols("letter.msg", endless)).containsExactly("ATTACHMENT_ARCHIVE_UNREADABLE");
    }

    @Test
    void scan_ofRandomlyDamagedMessages_neverFails() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (String name : new String[] {"harmless", "nested"}) {
            byte[] whole = message(name);
            for (int i = 0; i < 500; i++) {
                byte[] damaged = whole.clone();
                for (int change = 0; change < 6; change++) {
                    int at = 8 + random.nextInt((random.nextBoolean() ? 512 : damaged.length) - 8);
                    damaged[at] = (byte) random.nextInt();
                }
                assertThat(judge.symbols("letter.msg", damaged))
                        .as("seed %d, round %d", seed, i)
                        .doesNotContain("ATTACHMENT_TOO_COMPLEX");
            }
        }
    }
}
