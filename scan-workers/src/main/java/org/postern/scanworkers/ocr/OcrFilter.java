// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.ocr;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.documents.DocumentReader;
import org.postern.scanworkers.mime.Look;
import org.postern.scanworkers.mime.MimeLimits;
import org.postern.scanworkers.mime.MimeSummary;
import org.postern.scanworkers.mime.MimeWalk;

/// Text in pictures. Runs last, for it is heavy: the pipeline interrupts it, or does not start it, when the verdict is
/// settled. Many threads may scan at once.
final class OcrFilter implements Filter {
    /// So that what was found by then is said before nobody listens any more.
    private static final Duration FOR_THE_ANSWER = Duration.ofMillis(100);

    private final String name;
    private final OcrConfig config;
    private final DocumentReader reader;
    private final Tesseract tesseract;
    private final Phrases phrases;
    private final Pictures.Tools tools;

    OcrFilter(String name, OcrConfig config, DocumentReader reader, Path tempFolder, MeterRegistry meters) {
        this.name = name;
        this.config = config;
        this.reader = reader;
        this.tesseract = new Tesseract(config, tempFolder, meters);
        this.phrases = new Phrases(config);
        this.tools = new Pictures.Tools(
                config,
                reader,
                tesseract,
                new KnownDocuments(config.cacheSize(), meters),
                new Semaphore(config.atOnce() + 1, true)); // one is read while others are recognized
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return Cost.HEAVY;
    }

    @Override
    public double lowestScore() {
        return phrases.lowestScore();
    }

    @Override
    public Optional<String> contentState() {
        return Optional.of("as configured"); // the settings hold as long as the process
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        Pictures pictures = new Pictures(tools, deadline.keeping(FOR_THE_ANSWER));
        return Look.at(() -> {
            MimeSummary summary = MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, pictures::name);
            if (pictures.unknown()) {
                MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, pictures::read);
            }
            if (!summary.complete()) {
                pictures.silent(NoVerdictReason.TOO_LARGE, "more than " + summary.parts() + " parts");
            }
            return pictures.result(phrases);
        });
    }

    @Override
    public FilterStatus status(Deadline deadline) throws InterruptedException {
        Optional<String> trouble;
        try {
            trouble = tesseract.trouble(deadline);
            if (trouble.isEmpty()) {
                trouble = reader.trouble(deadline);
            }
        } catch (IOException e) {
            trouble = Optional.of(e.toString());
        }
        return trouble.map(why -> new FilterStatus(false, "pictures cannot be looked at: " + why))
                .orElse(new FilterStatus(
                        true,
                        config.program() + " for " + config.languages() + ", " + phrases.size()
                                + " groups of phrases"));
    }

    @Override
    public void close() {
        tesseract.close();
        reader.close();
    }
}
