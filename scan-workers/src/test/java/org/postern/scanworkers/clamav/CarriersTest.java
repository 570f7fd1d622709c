// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.Suites;
import org.postern.testkit.Clamd;

/// ClamAV's own test files: every carrier and every malformed mail is found by the filter as a whole.
@Timeout(300)
class CarriersTest {
    @TempDir
    private Path temp;

    @Test
    void scan_ofEveryMalformedMailAndCarrier_findsTheTestFile() throws Exception {
        List<String> missed = new ArrayList<>();
        List<String> missedByClamd = new ArrayList<>();
        try (Clamd clamd = Clamd.start();
                Filter filter = new ClamavFilterFactory()
                        .create(
                                ClamavConfig.of("127.0.0.1:" + clamd.address().getPort()),
                                new Surroundings(temp, temp, new SimpleMeterRegistry()))) {
            int count = 0;
            for (Path file : Suites.files("clamav", "")) {
                String name = file.getFileName().toString();
                if (!name.startsWith("clam.")) {
                    continue;
                }
                count++;
                MailTransaction mail = name.contains("mail") ? Mails.of(Suites.mail(file)) : attached(file);
                if (!clamd.scan(mail.content().newInputStream().readAllBytes()).endsWith("FOUND")) {
                    missedByClamd.add(name);
                }
                FilterResult result = filter.scan(mail, Deadline.in(Duration.ofSeconds(60)));
                if (!(result instanceof FilterResult.Findings found)
                        || found.findings().isEmpty()) {
                    missed.add(name + ": " + result);
                }
            }
            System.out.println(count + " files, clamd alone misses " + missedByClamd);
            assertThat(missed).isEmpty();
            assertThat(count).isGreaterThanOrEqualTo(16);
        }
    }

    @Test
    void scan_ofTheMailsThatMimeParsersTripOver_alwaysGivesAVerdict() throws Exception {
        try (Clamd clamd = Clamd.start();
                Filter filter = new ClamavFilterFactory()
                        .create(
                                ClamavConfig.of("127.0.0.1:" + clamd.address().getPort()),
                                new Surroundings(temp, temp, new SimpleMeterRegistry()))) {
            for (Path file : Suites.files("mime/james-mime4j", ".msg")) {
                assertThat(filter.scan(Mails.of(Suites.mail(file)), Deadline.in(Duration.ofSeconds(60))))
                        .as(file.toString())
                        .isEqualTo(FilterResult.nothing());
            }
        }
    }

    private static MailTransaction attached(Path file) throws Exception {
        ByteArrayOutputStream mail = new ByteArrayOutputStream();
        mail.writeBytes(("From: a@example.org\r\nTo: b@example.net\r\nSubject: see attachment\r\nMIME-Version: 1.0\r\n"
                        + "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHi\r\n"
                        + "--b\r\nContent-Type: application/octet-stream; name=\"" + file.getFileName() + "\"\r\n"
                        + "Content-Transfer-Encoding: base64\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        mail.writeBytes(Base64.getMimeEncoder().encode(Files.readAllBytes(file)));
        mail.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        return Mails.of(mail.toByteArray());
    }
}
