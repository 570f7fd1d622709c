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
import java.time.Duration;
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
import org.postern.scanworkers.mime.Look;
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
    /// So that what was found by then is said before nobody listens any more.
    private static final Duration FOR_THE_ANSWER = Duration.ofMillis(100);

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
        Pictures pictures = new Pictures(deadline.keeping(FOR_THE_ANSWER));
        return Look.at(() -> {
            MimeSummary summary = MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, pictures::name);
            if (pictures.unknown()) {
                MimeWalk.walk(mail.content(), mail.header(), MimeLimits.DEFAULTS, pictures::read);
            }
            if (!summary.complete()) {
                pictures.silent(NoVerdictReason.TOO_LARGE, "more than " + summary.parts() + " parts");
            }
            return pictures.result();
        });
    }

    /// The pictures of one mail, looked at in two passes: the first knows documents again by their hash, without having
    /// them in
    /// memory; the second looks at the others.
    private final class Pictures {
        private final Deadline deadline;
        private final List<String> hashes = new ArrayList<>();
        private final Map<String, Known> seen = new HashMap<>();
        private Optional<String> incomplete = Optional.empty();
        /// Why something was not looked at for no fault of the mail.
        private Optional<NoVerdict> silence = Optional.empty();
        private int documents;
        private int picturesLeft = config.picturesMax();

        Pictures(Deadline deadline) {
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
            if (seen.containsKey(hash) || inVain()) {
                return;
            }
            if (picturesLeft <= 0) {
                incomplete("more than " + config.picturesMax() + " pictures");
                return;
            }
            try {
                look(document.get(), hash, part.fileNames().stream().findFirst().orElse(part.mediaType()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (InterruptedIOException) new InterruptedIOException("while a picture was looked at").initCause(e);
            }
        }

        /// Whether there is no use in looking at another one.
        private boolean inVain() {
            if (deadline.remaining().compareTo(config.timeNeeded()) < 0) {
                silent(NoVerdictReason.TIMED_OUT, "too little time was left to look at pictures");
            }
            return silence.filter(why -> why.reason() != NoVerdictReason.BACKEND_ERROR)
                    .filter(why -> why.reason() != NoVerdictReason.TIMED_OUT
                            || deadline.remaining().compareTo(config.timeNeeded()) < 0)
                    .isPresent();
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
        private void look(InputStream in, String hash, String shown) throws IOException, InterruptedException {
            if (!room.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                silent(NoVerdictReason.OVERLOADED, "all places for recognition stayed taken");
                return;
            }
            try {
                switch (reader.read(in::readNBytes, true, deadline)) {
                    case Reading.Read read -> recognize(read.document(), hash, shown);
                    case Reading.Refused refused -> {
                        Known known = new Known("", Optional.of(shown + " " + refused.why()));
                        seen.put(hash, known);
                        cache.put(hash, known);
                    }
                    case Reading.NotRead not -> silent(not.reason(), shown + ": " + not.why());
                }
            } finally {
                room.release();
            }
        }

        /// Remembers for other mails only what was looked at to its end.
        private void recognize(Document document, String hash, String shown) throws IOException, InterruptedException {
            StringBuilder found = new StringBuilder(document.text());
            document.codes().forEach(code -> found.append('\n').append(code));
            List<String> missed = new ArrayList<>();
            if (!document.notes().isEmpty()) {
                missed.add(shown + ": " + document.notes());
            }
            boolean whole = true;
            for (Picture picture : document.pictures()) {
                if (picture.width() < WIDTH_MIN || picture.height() < HEIGHT_MIN) {
                    continue;
                }
                if (inVain() || --picturesLeft < 0) {
                    whole = false;
                    break;
                }
                switch (tesseract.recognize(picture, deadline)) {
                    case Recognition.Text recognized -> found.append('\n').append(recognized.text());
                    case Recognition.Refused refused -> missed.add(shown + ": " + refused.why());
                    case Recognition.NotRun not -> {
                        whole = false;
                        silent(not.reason(), shown + ": " + not.why());
                    }
                }
            }
            if (picturesLeft < 0) {
                incomplete("more than " + config.picturesMax() + " pictures");
            }
            Known known = new Known(found.toString(), missed.stream().findFirst());
            seen.put(hash, known);
            if (whole) {
                cache.put(hash, known);
            }
        }

        private void incomplete(String why) {
            if (incomplete.isEmpty()) {
                incomplete = Optional.of(why);
            }
        }

        void silent(NoVerdictReason reason, String why) {
            if (silence.isEmpty()) {
                silence = Optional.of(new NoVerdict(reason, why));
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
            FilterResult.Findings found = new FilterResult.Findings(findings);
            return silence.<FilterResult>map(why -> new NoVerdict(why.reason(), why.detail(), found))
                    .orElse(found);
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
