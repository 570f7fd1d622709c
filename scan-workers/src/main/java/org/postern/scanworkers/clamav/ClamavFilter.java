// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.util.List;
import java.util.stream.Collectors;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.pool.BackendPool;

/// The virus scanner: one or more clamd behind a pool.
final class ClamavFilter implements Filter {
    private final String name;
    private final ClamavConfig config;
    private final BackendPool<Clamd> pool;

    ClamavFilter(String name, ClamavConfig config, BackendPool<Clamd> pool) {
        this.name = name;
        this.config = config;
        this.pool = pool;
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
        return scan(mail.content().size(), mail.content()::newInputStream, deadline);
    }

    private FilterResult scan(long size, ContentSource content, Deadline deadline) throws InterruptedException {
        if (size > config.maxSize().bytes()) {
            return new NoVerdict(
                    NoVerdictReason.TOO_LARGE, size + " octets are more than max-size " + config.maxSize());
        }
        return pool.ask(
                clamd -> clamd.scans(size),
                (clamd, lease, until) -> clamd.scan(content, lease, until),
                config.scanTimeout(),
                deadline);
    }

    @Override
    public FilterStatus status(Deadline deadline) throws InterruptedException {
        pool.awaitFirstProbes(deadline);
        List<BackendPool.BackendStatus> backends = pool.status();
        String description = backends.stream()
                .map(backend -> backend.name() + " " + backend.state() + " (" + backend.detail() + ")")
                .collect(Collectors.joining("; "));
        return new FilterStatus(
                backends.stream().anyMatch(backend -> backend.state().usable()), description);
    }

    @Override
    public void close() {
        pool.close();
    }
}
