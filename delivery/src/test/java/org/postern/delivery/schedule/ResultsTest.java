// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.delivery.Mails;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.dsn.DsnConfig;
import org.postern.delivery.dsn.Notifier;
import org.postern.delivery.signing.OwnMailSigner;
import org.postern.delivery.signing.OwnSigningConfig;
import org.postern.delivery.spool.DerivedMails;
import org.postern.delivery.spool.FileSpool;
import org.postern.delivery.spool.QueueQuery;
import org.postern.delivery.spool.SpoolConfig;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.StoredMail;
import org.postern.delivery.spool.Submission;

@Timeout(60)
class ResultsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    @TempDir
    private Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private Results results(SpoolStore spool, SpoolStore.Lease lease, StoredMail mail) {
        InstantSource clock = () -> NOW;
        return new Results(
                spool,
                lease,
                mail,
                new Notifier(
                        DsnConfig.defaults(),
                        new Domain("store.example.org"),
                        new DerivedMails(spool, "store1", clock),
                        new OwnMailSigner(OwnSigningConfig.defaults()),
                        clock,
                        meters),
                DeliveryConfig.defaults(),
                clock,
                new Backoff(Duration.ofSeconds(30), Duration.ofHours(1), new Random(1)),
                new DeliveryMeters(meters),
                () -> false);
    }

    @Test
    void recipients_deferredForDifferentTimes_areTriedAgainWhenTheFirstOneIsDue() throws Exception {
        try (FileSpool spool = FileSpool.open(SpoolConfig.in(folder), () -> NOW)) {
            byte[] octets = "Subject: x\r\n\r\nbody\r\n".getBytes(StandardCharsets.US_ASCII);
            var envelope = Mails.envelope("alice@example.org", "a@down.example", "b@busy.example");
            Submission submission = new Submission(
                    Mails.newId(),
                    DedupKey.of(envelope, Mails.sha256(octets)),
                    envelope,
                    Disposition.DELIVER,
                    octets.length,
                    false,
                    NOW);
            if (spool.begin(submission, Deadline.in(Duration.ofSeconds(5))) instanceof SpoolStore.Begin.Open(var put)) {
                try (put) {
                    put.write(octets, 0, octets.length);
                    assertThat(put.commit()).isInstanceOf(SpoolStore.Commit.Accepted.class);
                }
            }
            SpoolStore.Lease lease = spool.claim(1, Duration.ofSeconds(10)).getFirst();
            Results results = results(spool, lease, spool.open(lease));
            results.of(
                    0,
                    new Destination.Outcome.Deferred(
                            "down", Diagnosis.local("4.4.1"), NOW.plus(Duration.ofMinutes(20))));
            results.of(1, new Destination.Outcome.Deferred("greylisted"));
            results.finish();
            Instant next = spool.list(QueueQuery.first(1)).getFirst().next();
            assertThat(next).isBetween(NOW.plusSeconds(20), NOW.plusSeconds(40));
        }
    }
}
