// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.postern.core.config.ConfigException;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.scanworkers.mailauth.dkim.DkimOutcome;
import org.postern.scanworkers.mailauth.dkim.DkimResult;
import org.postern.scanworkers.mailauth.dkim.DkimVerifier;
import org.postern.scanworkers.mailauth.dkim.SignedMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A mail of the site's own whose DKIM signature must verify, the way mails go: with the live resolver. Looked at on a
/// thread of its own, every five minutes, and every ten seconds while it does not verify.
final class SignedSample implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignedSample.class);
    private static final int SIZE_MAX = 1024 * 1024;
    private static final Duration PAUSE = Duration.ofMinutes(5);
    private static final Duration PAUSE_IN_TROUBLE = Duration.ofSeconds(10);

    private final String name;
    private final MessageContent content;
    private final SignedMessage message;
    private final DkimVerifier dkim;
    private final Duration timeout;
    private final Thread thread;
    private volatile Optional<String> trouble;

    /// @throws ConfigException where the file cannot be used
    SignedSample(Path file, DkimVerifier dkim, Duration timeout, MeterRegistry meters) {
        this.name = file.toString();
        this.dkim = dkim;
        this.timeout = timeout;
        this.trouble = Optional.of("the signed sample " + name + " was not looked at yet");
        try (InputStream in = Files.newInputStream(file)) {
            byte[] octets = in.readNBytes(SIZE_MAX + 1);
            if (octets.length > SIZE_MAX) {
                throw new ConfigException("engines.mailauth.signed-sample: " + file + " is larger than 1MiB");
            }
            content = MessageContent.of(octets);
            message = new SignedMessage(content, MessageHeader.read(content, new ByteSize(SIZE_MAX)));
        } catch (IOException e) {
            throw new ConfigException("engines.mailauth.signed-sample: " + file + " cannot be read (" + e + ")");
        }
        Gauge.builder("postern.mailauth.sample", this, sample -> sample.trouble.isEmpty() ? 1 : 0)
                .description("1 while the signature of the site's own sample verifies")
                .strongReference(true)
                .register(meters);
        this.thread = Thread.ofVirtual().name("signed-sample").start(this::watch);
    }

    /// Why nothing that is said of signatures can be believed now; empty where it can.
    Optional<String> trouble() {
        return trouble;
    }

    private void watch() {
        try {
            while (true) {
                Optional<String> now = look();
                if (!now.equals(trouble)) {
                    now.ifPresentOrElse(
                            why -> LOG.warn("{}; mails are not authenticated until it verifies", why),
                            () -> LOG.info("the signed sample {} verifies", name));
                }
                trouble = now;
                Thread.sleep(now.isEmpty() ? PAUSE : PAUSE_IN_TROUBLE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<String> look() throws InterruptedException {
        try {
            List<DkimOutcome> outcomes = dkim.verify(message, Deadline.in(timeout));
            return outcomes.stream().anyMatch(outcome -> outcome.result() == DkimResult.PASS)
                    ? Optional.empty()
                    : Optional.of("the signed sample " + name + " does not verify: " + outcomes);
        } catch (IOException e) {
            return Optional.of("the signed sample " + name + " cannot be read: " + e);
        } catch (RuntimeException e) {
            // The watch must go on: without it the last answer would be believed for ever.
            LOG.error("the signed sample {} cannot be verified, which is a defect", name, e);
            return Optional.of("the signed sample " + name + " cannot be verified: " + e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        content.close();
    }
}
