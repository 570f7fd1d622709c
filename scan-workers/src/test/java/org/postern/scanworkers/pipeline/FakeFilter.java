// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pipeline;

import java.util.concurrent.atomic.AtomicInteger;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;

/// A filter that does what a test tells it.
final class FakeFilter implements Filter {
    interface Behaviour {
        FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException;
    }

    private final String name;
    private final Cost cost;
    private final double lowest;
    private final Behaviour behaviour;
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger interrupts = new AtomicInteger();

    FakeFilter(String name, Cost cost, double lowest, Behaviour behaviour) {
        this.name = name;
        this.cost = cost;
        this.lowest = lowest;
        this.behaviour = behaviour;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return cost;
    }

    @Override
    public double lowestScore() {
        return lowest;
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        calls.incrementAndGet();
        try {
            return behaviour.scan(mail, deadline);
        } catch (InterruptedException e) {
            interrupts.incrementAndGet();
            throw e;
        }
    }

    @Override
    public FilterStatus status(Deadline deadline) {
        return new FilterStatus(true, "fake");
    }

    @Override
    public void close() {}
}
