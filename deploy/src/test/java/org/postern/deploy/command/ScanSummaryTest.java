// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.filter.Verdict;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;

class ScanSummaryTest {
    @TempDir
    Path folder;

    private String read(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("mail"), text, StandardCharsets.ISO_8859_1);
        try (MessageContent content = MessageFile.content(file, folder)) {
            return new String(content.newInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static MessageHeader header(String... lines) throws Exception {
        byte[] octets = (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        return MessageHeader.read(MessageContent.of(octets), ByteSize.ofKiB(64));
    }

    @Test
    void content_ofAMailbox_getsTheLineEndsOfSmtpAndLosesTheFirstLine() throws Exception {
        assertThat(read("From bob Mon Jan  1\nSubject: x\n\nfirst\nlast\n"))
                .isEqualTo("Subject: x\r\n\r\nfirst\r\nlast\r\n");
        assertThat(read("Subject: x\n\n" + "0123456789\n".repeat(10_000))).hasSize(14 + 12 * 10_000);
    }

    @Test
    void content_asItCameOverSmtp_staysAsItIs() throws Exception {
        String mail = "Subject: x\r\n\r\na bare\nLF stays\r\n";
        assertThat(read(mail)).isEqualTo(mail);
        assertThat(read("")).isEmpty();
    }

    @Test
    void received_isWhatTheTopmostReceivedFieldSays_thenTheDate_thenNow() throws Exception {
        assertThat(MessageFile.received(header(
                        "Received: from a by b; Tue, 03 Sep 2002 14:22:25 +0100 (IST)",
                        "Received: from c by a; Tue, 03 Sep 2002 10:00:00 +0100",
                        "Date: Mon, 02 Sep 2002 10:00:00 GMT")))
                .isEqualTo(Instant.parse("2002-09-03T13:22:25Z"));
        assertThat(MessageFile.received(header("Date: Mon, 2 Sep 2002 10:00 UT")))
                .isEqualTo(Instant.parse("2002-09-02T10:00:00Z"));
        for (String none : List.of(
                "Date: yesterday", "Date: Mon, 99 Xyz 2002 10:00:00 GMT", "Date: Mon, 02 Sep 2999 10:00:00 GMT")) {
            assertThat(MessageFile.received(header(none)))
                    .as(none)
                    .isAfter(Instant.now().minus(Duration.ofMinutes(1)));
        }
        assertThat(MessageFile.returnPath(header("Return-Path: <bob@example.net>")))
                .contains("bob@example.net");
    }

    @Test
    void summary_countsVerdictsByFolderAndSymbolsByMail() {
        ScanSummary summary = new ScanSummary();
        Finding finding = new Finding("RULE_X", 6, "seen");
        summary.add(
                Path.of("spam/1"),
                new Assessment(
                        List.of(new Assessment.Contribution("rules", finding, 1, 6)),
                        new TreeMap<>(java.util.Map.of(
                                "spamd", new FilterResult.NoVerdict(NoVerdictReason.TIMED_OUT, "slow"))),
                        6,
                        new Verdict.Tag("score")));
        summary.add(Path.of("spam/2"), Assessment.accepted());
        summary.add(Path.of("ham/1"), Assessment.accepted());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        summary.print(new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.replaceAll(" +", " ").strip()))
                .contains(
                        "ham 1 1 0 0 0 0 0.0 0.0 0.0",
                        "spam 2 1 1 0 0 0 0.0 6.0 6.0",
                        "rules RULE_X 1 6.0",
                        "no verdict: spamd timed_out, 1 mails");
    }

    @Test
    void progress_isABarOnATerminalAndSilentElsewhere() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Progress bar = new Progress(new PrintStream(out, true, StandardCharsets.UTF_8), true, 2);
        bar.step();
        bar.step();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("\r[####################--------------------] 1 of 2\r[####")
                .endsWith("] 2 of 2" + System.lineSeparator());
        ByteArrayOutputStream nothing = new ByteArrayOutputStream();
        new Progress(new PrintStream(nothing, true, StandardCharsets.UTF_8), false, 1).step();
        assertThat(nothing.size()).isZero();
    }
}
