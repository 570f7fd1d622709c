// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.client.ReverseName;

/// A filter whose whole work is to ask one backend of a pool. It closes the pool.
///
/// @param name the filter's name
/// @param pool whom to ask
/// @param maxSize the largest mail that is sent
/// @param patience how long one backend may take before another is asked
/// @param lowestScore the lowest score a mail can get
/// @param names who is asked what clients are called
/// @param scan how to ask
public record PooledFilter<B extends Backend>(
        String name,
        BackendPool<B> pool,
        ByteSize maxSize,
        Duration patience,
        double lowestScore,
        ClientNames names,
        MailScan<B> scan)
        implements Filter {
    /// Has one backend look at a mail; see [Exchange].
    @FunctionalInterface
    public interface MailScan<B extends Backend> {
        FilterResult scan(B backend, MailTransaction mail, ReverseName client, Lease lease, Deadline deadline)
                throws InterruptedException;
    }

    @Override
    public Cost cost() {
        return Cost.BACKEND;
    }

    @Override
    public void connected(ClientInfo client) {
        names.askEarly(client.address());
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        if (mail.content().size() > maxSize.bytes()) {
            return new NoVerdict(
                    NoVerdictReason.TOO_LARGE, mail.content().size() + " octets are more than max-size " + maxSize);
        }
        ReverseName client = names.of(mail.client().address(), deadline);
        // The answer depends on client and envelope too: no other mail is like this one.
        return pool.ask(
                mail.id(),
                backend -> true,
                (backend, lease, until) -> scan.scan(backend, mail, client, lease, until),
                patience,
                deadline);
    }

    @Override
    public FilterStatus status(Deadline deadline) throws InterruptedException {
        return status(pool, deadline);
    }

    /// One line on all backends; waits for their first probes.
    public static FilterStatus status(BackendPool<?> pool, Deadline deadline) throws InterruptedException {
        pool.awaitFirstProbes(deadline);
        return status(pool.status());
    }

    private static FilterStatus status(List<BackendPool.BackendStatus> backends) {
        return new FilterStatus(
                backends.stream().anyMatch(backend -> backend.state().usable()),
                backends.stream()
                        .map(backend -> backend.name() + " " + backend.state() + " (" + backend.detail() + ")")
                        .collect(Collectors.joining("; ")));
    }

    /// One line on all backends as they are now.
    public static FilterStatus health(BackendPool<?> pool) {
        return status(pool.status());
    }

    @Override
    public FilterStatus health() {
        return health(pool);
    }

    @Override
    public void close() {
        pool.close();
    }
}
