// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.ocr;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.documents.Document;
import org.postern.scanworkers.documents.DocumentReader;
import org.postern.scanworkers.documents.DocumentReader.Reading;
import org.postern.scanworkers.documents.Picture;
import org.postern.scanworkers.mime.MimeLimits;
import org.postern.scanworkers.mime.MimePart;
import org.postern.scanworkers.mime.MimeSummary;
import org.postern.scanworkers.mime.MimeWalk;
import org.postern.scanworkers.ocr.Tesseract.Recognition;

/// Text in pictures. Runs last, for it is heavy: the pipeline interrupts it, or does not start it, when the verdict is
/// settled. Many threads may scan at once.
final class OcrFilter implements Filter {
    private static final int HEAD = 1_100;
    private static final int SMALLEST_DOCUMENT = 200;
    private static final int WIDTH_MIN = 80;
    private static final int HEIGHT_MIN = 24;
    private static final int CACHE_ENTRY = 200;

    private final String name;
    private final OcrConfig config;
    private final DocumentReader reader;
    private final Tesseract tesseract;
    private final Phrases phrases;
    private final MeterRegistry meters;
    private final Cache<String, Known> cache;
    /// Documents whose pictures may be in memory: one is read while others are recognized.
    private final Semaphore room;

    OcrFilter(String name, OcrConfig config, DocumentReader reader, Path tempFolder, MeterRegistry meters) {
        this.name = name;
        this.config = config;
        this.reader = reader;
        this.tesseract = new Tesseract(config, tempFolder, meters);
        this.phrases = new Phrases(config);
        this.meters = meters;
        this.room = new Semaphore(config.atOnce() + 1, true);
        this.cache = Caffeine.newBuilder()
                .maximumWeight(config.cacheSize().bytes())
                .weigher((String hash, Known known) -> CACHE_ENTRY + 2 * known.text.length())
                .executor(Runnable::run)
                .build();
    }

    /// What is known of a document.
    ///
    /// @param incomplete why something was not looked at
    private record Known(String text, Optional<String> incomplete) {}

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
        Look look = new Look(deadline);
        try {
            MimeSummary summary = MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, look::name);
            if (!summary.complete()) {
                return new NoVerdict(NoVerdictReason.TOO_LARGE, "more than " + summary.parts() + " parts");
            }
            if (look.unknown()) {
                MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, look::read);
            }
            return look.result();
        } catch (Silence e) {
            return e.noVerdict;
        } catch (InterruptedIOException e) {
            throw (InterruptedException) new InterruptedException("while reading the mail").initCause(e);
        } catch (IOException e) {
            return new NoVerdict(NoVerdictReason.INTERNAL_ERROR, "the mail cannot be read: " + e);
        }
    }

    /// Something could not be looked at for no fault of the mail.
    private static final class Silence extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient NoVerdict noVerdict;

        Silence(NoVerdictReason reason, String why) {
            super(why);
            this.noVerdict = new NoVerdict(reason, why);
        }
    }

    /// The look at one mail, in two passes: the first knows documents again by their hash, without having them in
    /// memory; the second looks at the others.
    private final class Look {
        private final Deadline deadline;
        private final List<String> hashes = new ArrayList<>();
        private final Map<String, Known> seen = new HashMap<>();
        private Optional<String> incomplete = Optional.empty();
        private int documents;
        private int picturesLeft = config.picturesMax();

        Look(Deadline deadline) {
            this.deadline = deadline;
        }

        /// First pass.
        void name(MimePart part, InputStream decoded) throws IOException {
            Optional<BufferedInputStream> document = document(decoded);
            if (document.isEmpty()) {
                return;
            }
            String hash = hash(document.get());
            hashes.add(hash);
            Known known = cache.getIfPresent(hash);
            meters.counter("postern.ocr.cache", "result", known == null ? "miss" : "hit")
                    .increment();
            if (known != null) {
                seen.put(hash, known);
            }
        }

        boolean unknown() {
            return !seen.keySet().containsAll(hashes);
        }

        /// Second pass.
        void read(MimePart part, InputStream decoded) throws IOException {
            Optional<BufferedInputStream> document = document(decoded);
            if (document.isEmpty() || documents >= hashes.size()) {
                return;
            }
            String hash = hashes.get(documents++);
            if (seen.containsKey(hash)) {
                return;
            }
            if (picturesLeft <= 0) {
                incomplete("more than " + config.picturesMax() + " pictures");
                return;
            }
            if (deadline.remaining().compareTo(config.timeNeeded()) < 0) {
                throw new Silence(NoVerdictReason.TIMED_OUT, "too little time was left to look at pictures");
            }
            try {
                Known known = look(
                        document.get(), part.fileNames().stream().findFirst().orElse(part.mediaType()));
                seen.put(hash, known);
                if (picturesLeft >= 0) {
                    cache.put(hash, known); // else it is this mail that was cut, not the document
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (InterruptedIOException) new InterruptedIOException("while a picture was looked at").initCause(e);
            }
        }

        /// A part that is a PDF or picture, and no pixel that tells the sender that he was read.
        private static Optional<BufferedInputStream> document(InputStream decoded) throws IOException {
            BufferedInputStream in = new BufferedInputStream(decoded, 8 * 1024);
            in.mark(HEAD);
            byte[] head = in.readNBytes(HEAD);
            in.reset();
            return head.length >= SMALLEST_DOCUMENT && DocumentReader.reads(head) ? Optional.of(in) : Optional.empty();
        }

        /// Looks at a document, as soon as there is room for its pictures in memory.
        private Known look(InputStream in, String shown) throws IOException, InterruptedException {
            if (!room.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new Silence(NoVerdictReason.OVERLOADED, "all places for recognition stayed taken");
            }
            try {
                return switch (reader.read(in::readNBytes, true, deadline)) {
                    case Reading.Read read -> recognized(read.document(), shown);
                    case Reading.Refused refused -> new Known("", Optional.of(shown + " " + refused.why()));
                    case Reading.NotRead not -> throw new Silence(not.reason(), not.why());
                };
            } finally {
                room.release();
            }
        }

        private Known recognized(Document document, String shown) throws IOException, InterruptedException {
            StringBuilder found = new StringBuilder(document.text());
            document.codes().forEach(code -> found.append('\n').append(code));
            List<String> missed = new ArrayList<>();
            if (!document.notes().isEmpty()) {
                missed.add(shown + ": " + document.notes());
            }
            for (Picture picture : document.pictures()) {
                if (picture.width() < WIDTH_MIN || picture.height() < HEIGHT_MIN) {
                    continue;
                }
                if (--picturesLeft < 0) {
                    missed.add("more than " + config.picturesMax() + " pictures");
                    break;
                }
                switch (tesseract.recognize(picture, deadline)) {
                    case Recognition.Text recognized -> found.append('\n').append(recognized.text());
                    case Recognition.Refused refused -> missed.add(shown + ": " + refused.why());
                    case Recognition.NotRun not -> throw new Silence(not.reason(), not.why());
                }
            }
            return new Known(found.toString(), missed.stream().findFirst());
        }

        private void incomplete(String why) {
            if (incomplete.isEmpty()) {
                incomplete = Optional.of(why);
            }
        }

        FilterResult result() {
            StringBuilder text = new StringBuilder();
            for (Known known : seen.values()) {
                text.append(known.text).append('\n');
                known.incomplete.ifPresent(this::incomplete);
            }
            List<Finding> findings = new ArrayList<>(phrases.in(text.toString()));
            incomplete.ifPresent(why -> findings.add(new Finding("OCR_INCOMPLETE", config.incompleteScore(), why)));
            return new FilterResult.Findings(findings);
        }
    }

    private static String hash(InputStream in) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
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
