// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.ocr;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
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
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.documents.Document;
import org.postern.scanworkers.documents.DocumentReader;
import org.postern.scanworkers.documents.DocumentReader.Reading;
import org.postern.scanworkers.documents.Picture;
import org.postern.scanworkers.mime.MimePart;
import org.postern.scanworkers.ocr.KnownDocuments.Known;
import org.postern.scanworkers.ocr.Tesseract.Recognition;

/// The pictures of one mail, looked at in two passes: the first knows documents again by their hash, without having
/// them in memory; the second looks at the others. Used by one thread.
final class Pictures {
    private static final int HEAD = 1_100;
    private static final int SMALLEST_DOCUMENT = 200;
    private static final int WIDTH_MIN = 80;
    private static final int HEIGHT_MIN = 24;

    private final Tools tools;
    private final OcrConfig config;
    private final Deadline deadline;
    private final List<String> hashes = new ArrayList<>();
    private final Map<String, Known> seen = new HashMap<>();
    private Optional<String> incomplete = Optional.empty();
    /// Why something was not looked at for no fault of the mail.
    private Optional<NoVerdict> silence = Optional.empty();
    private int documents;
    private int picturesLeft;

    Pictures(Tools tools, Deadline deadline) {
        this.tools = tools;
        this.config = tools.config;
        this.deadline = deadline;
        this.picturesLeft = config.picturesMax();
    }

    /// What all mails share.
    ///
    /// @param room for documents whose pictures are in memory
    record Tools(OcrConfig config, DocumentReader reader, Tesseract tesseract, KnownDocuments known, Semaphore room) {}

    /// First pass.
    void name(MimePart part, InputStream decoded) throws IOException {
        Optional<BufferedInputStream> document = document(decoded);
        if (document.isEmpty()) {
            return;
        }
        String hash = hash(document.get());
        hashes.add(hash);
        tools.known.find(hash).ifPresent(known -> seen.put(hash, known));
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
        if (!tools.room.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            silent(NoVerdictReason.OVERLOADED, "all places for recognition stayed taken");
            return;
        }
        try {
            switch (tools.reader.read(in::readNBytes, true, deadline)) {
                case Reading.Read read -> recognize(read.document(), hash, shown);
                case Reading.Refused refused -> {
                    Known known = new Known("", Optional.of(shown + " " + refused.why()));
                    seen.put(hash, known);
                    tools.known.put(hash, known);
                }
                case Reading.NotRead not -> silent(not.reason(), shown + ": " + not.why());
            }
        } finally {
            tools.room.release();
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
            switch (tools.tesseract.recognize(picture, deadline)) {
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
            tools.known.put(hash, known);
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

    /// @param phrases to look for
    FilterResult result(Phrases phrases) {
        StringBuilder text = new StringBuilder();
        for (Known known : seen.values()) {
            text.append(known.text()).append('\n');
            known.incomplete().ifPresent(this::incomplete);
        }
        List<Finding> findings = new ArrayList<>(phrases.in(text.toString()));
        incomplete.ifPresent(why -> findings.add(new Finding("OCR_INCOMPLETE", config.incompleteScore(), why)));
        FilterResult.Findings found = new FilterResult.Findings(findings);
        return silence.<FilterResult>map(why -> new NoVerdict(why.reason(), why.detail(), found))
                .orElse(found);
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
}
