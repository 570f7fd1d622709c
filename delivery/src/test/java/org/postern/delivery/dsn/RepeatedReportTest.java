// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.dsn;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.MailParameters;
import org.postern.core.mail.ReversePath;
import org.postern.delivery.Mails;
import org.postern.delivery.signing.OwnMailSigner;
import org.postern.delivery.signing.OwnSigningConfig;
import org.postern.delivery.spool.DerivedMails;
import org.postern.delivery.spool.FileSpool;
import org.postern.delivery.spool.SpoolConfig;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.SpooledMail;
import org.postern.delivery.spool.StoredMail;

/// A report that is made again after a crash, at another time, is the same report.
class RepeatedReportTest {
    @TempDir
    private Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_800_000_000));
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private Notifier notifier(SpoolStore spool, Optional<MailAddress> doubleBouncesTo) {
        InstantSource clock = now::get;
        return new Notifier(
                new DsnConfig(doubleBouncesTo, ByteSize.ofKiB(1)),
                new Domain("store.example.org"),
                new DerivedMails(spool, "store1", clock),
                new OwnMailSigner(OwnSigningConfig.defaults()),
                clock,
                meters);
    }

    private StoredMail mail(SpoolStore spool, String sender) throws IOException, InterruptedException {
        return mail(spool, sender, MailParameters.NONE);
    }

    private StoredMail mail(SpoolStore spool, String sender, MailParameters parameters)
            throws IOException, InterruptedException {
        return SpooledMail.of(
                spool, Mails.envelope(sender, "a@remote.example", "b@remote.example"), parameters, now.get());
    }

    private static DsnReport failed(int recipient) {
        return new DsnReport(recipient, DsnReport.Action.FAILED, Diagnosis.local("5.1.1"), "no such user");
    }

    @Test
    void report_madeAgain_isKeptOnce_andOneAboutOthersIsAnother() throws Exception {
        try (FileSpool spool = FileSpool.open(SpoolConfig.in(folder), now::get)) {
            StoredMail mail = mail(spool, "w@example.org");
            Notifier notifier = notifier(spool, Optional.empty());
            assertThat(notifier.tell(mail, List.of(failed(0))).settled()).isTrue();
            now.set(now.get().plusSeconds(100));
            assertThat(notifier.tell(mail, List.of(failed(0))).settled()).isTrue();
            assertThat(spool.stats().mails()).isEqualTo(2);
            assertThat(notifier.tell(mail, List.of(failed(0), failed(1))).settled())
                    .isTrue();
            assertThat(spool.stats().mails()).isEqualTo(3);
        }
    }

    @Test
    void report_onMailThatDemandedTls_demandsItToo_andHoldsTheHeaderOnly() throws Exception {
        MailParameters demanding = new MailParameters(
                MailParameters.BodyType.SEVEN_BIT, false, true, Optional.of("FULL"), Optional.empty());
        try (FileSpool spool = FileSpool.open(SpoolConfig.in(folder), now::get)) {
            StoredMail mail = mail(spool, "w@remote.example", demanding);
            assertThat(notifier(spool, Optional.empty())
                            .tell(mail, List.of(failed(0)))
                            .settled())
                    .isTrue();
            StoredMail report =
                    spool.open(spool.claim(1, Duration.ofSeconds(10)).getFirst());
            assertThat(report.envelope().reversePath()).isEqualTo(new ReversePath.Null());
            assertThat(report.envelope().parameters().requireTls()).isTrue();
            try (InputStream body = report.body()) {
                assertThat(new String(body.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                        .contains("Subject: x")
                        .doesNotContain("body");
            }
        }
    }

    @Test
    void failedReport_goesToThePostmasterOnce_whereOneIsNamed() throws Exception {
        try (FileSpool spool = FileSpool.open(SpoolConfig.in(folder), now::get)) {
            StoredMail mail = mail(spool, "");
            assertThat(notifier(spool, Optional.empty())
                            .tell(mail, List.of(failed(0)))
                            .text())
                    .contains("null address");
            assertThat(spool.stats().mails()).isEqualTo(1);
            Notifier told = notifier(spool, Optional.of(MailAddress.parse("pm@example.org")));
            assertThat(told.tell(mail, List.of(failed(0))).text()).contains("pm@example.org");
            assertThat(spool.stats().mails()).isEqualTo(2);
        }
    }
}
