// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ContentDigest;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageContent;
import org.postern.scanworkers.SignatureKeeper;
import org.postern.scanworkers.mime.Look;
import org.postern.scanworkers.pool.BackendPool;
import org.postern.scanworkers.pool.MailStream;
import org.postern.scanworkers.pool.PooledFilter;

/// The virus scanner: one or more clamd behind a pool.
final class ClamavFilter implements Filter, SignatureKeeper {
    private final String name;
    private final ClamavConfig config;
    private final BackendPool<Clamd> pool;
    private final Path tempFolder;
    private final Reloader reloader;

    ClamavFilter(String name, ClamavConfig config, BackendPool<Clamd> pool, Path tempFolder) {
        this.name = name;
        this.tempFolder = tempFolder;
        this.config = config;
        this.pool = pool;
        this.reloader = new Reloader(pool, config.reload(), config.probeTimeout(), Path.of("/proc"));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return Cost.BACKEND;
    }

    @Override
    public double lowestScore() {
        return 0;
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        FilterResult result = scan(mail.digest(), mail.content().size(), mail.content()::newInputStream, deadline);
        return switch (result) {
            case NoVerdict silence -> silence;
            case FilterResult.Findings found when !found.findings().isEmpty() -> found;
            case FilterResult.Findings nothing -> otherReadings(mail, nothing, deadline);
        };
    }

    /// clamd found nothing in its reading of the mail; looks at all others, if there are any.
    private FilterResult otherReadings(MailTransaction mail, FilterResult nothing, Deadline deadline)
            throws InterruptedException {
        return Look.at(() -> switch (DecodedMail.of(mail, tempFolder)) {
            case DecodedMail.Result.Unambiguous ignored -> nothing;
            case DecodedMail.Result.TooComplex ignored ->
                new NoVerdict(NoVerdictReason.TOO_LARGE, "its structure is beyond all bounds");
            case DecodedMail.Result.Rewritten rewritten -> {
                try (MessageContent content = rewritten.content()) {
                    yield scan(new Reading(mail.digest()), content.size(), content::newInputStream, deadline);
                }
            }
        });
    }

    /// The other readings of a mail, which are scanned as one content of their own.
    private record Reading(ContentDigest digest) {}

    private FilterResult scan(Object work, long size, MailStream.Source content, Deadline deadline)
            throws InterruptedException {
        if (size > config.maxSize().bytes()) {
            return new NoVerdict(
                    NoVerdictReason.TOO_LARGE, size + " octets are more than max-size " + config.maxSize());
        }
        return pool.ask(
                work,
                clamd -> clamd.scans(size),
                (clamd, lease, until) -> clamd.scan(content, size, lease, until),
                config.scanTimeout(),
                deadline);
    }

    @Override
    public Optional<String> contentState() {
        return Clamd.state(pool.backends());
    }

    @Override
    public FilterStatus health() {
        return PooledFilter.health(pool);
    }

    @Override
    public FilterStatus status(Deadline deadline) throws InterruptedException {
        return PooledFilter.status(pool, deadline);
    }

    @Override
    public List<Status> signatures() {
        return pool.status().stream()
                .map(status -> new Status(
                        status.name(),
                        status.state().name().toLowerCase(Locale.ROOT),
                        pool.backends().stream()
                                .filter(clamd -> clamd.name().equals(status.name()))
                                .map(clamd -> clamd.signatures().description())
                                .findFirst()
                                .orElse(""),
                        status.inUse()))
                .toList();
    }

    @Override
    public boolean reloadSignatures(Consumer<String> progress) throws InterruptedException {
        return reloader.reloadAll(progress);
    }

    @Override
    public void close() {
        reloader.close();
        pool.close();
        pool.backends().forEach(Clamd::close);
    }
}
