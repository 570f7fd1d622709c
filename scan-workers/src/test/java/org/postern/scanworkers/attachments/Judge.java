// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.limits.Deadline;

/// The filter, for tests.
final class Judge implements AutoCloseable {
    private final AttachmentsFilter filter;

    Judge() {
        this(UnpackConfig.DEFAULTS);
    }

    Judge(UnpackConfig unpack) {
        AttachmentsConfig d = AttachmentsConfig.DEFAULTS;
        this.filter = new AttachmentsFilter(
                "attachments",
                new AttachmentsConfig(d.blockedExtensions(), 12, 12, 12, 2, 3, 4, 2, 1, 1, 6, 1, unpack),
                new SimpleMeterRegistry());
    }

    AttachmentsFilter filter() {
        return filter;
    }

    FilterResult scan(String name, byte[] content) throws InterruptedException {
        return filter.scan(Archives.with(name, content), Deadline.in(Duration.ofSeconds(60)));
    }

    List<Finding> findings(String name, byte[] content) throws InterruptedException {
        FilterResult result = scan(name, content);
        assertThat(result).isInstanceOf(FilterResult.Findings.class);
        return ((FilterResult.Findings) result).findings();
    }

    List<String> symbols(String name, byte[] content) throws InterruptedException {
        return findings(name, content).stream().map(Finding::symbol).toList();
    }

    @Override
    public void close() {
        filter.close();
    }
}
