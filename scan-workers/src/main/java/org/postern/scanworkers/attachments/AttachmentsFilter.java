// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.Set;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.mime.Look;
import org.postern.scanworkers.mime.MimeLimits;
import org.postern.scanworkers.mime.MimeSummary;
import org.postern.scanworkers.mime.MimeWalk;

/// The attachment rule. Many threads may scan at once.
final class AttachmentsFilter implements Filter {
    private final String name;
    private final AttachmentsConfig config;
    private final Set<String> blocked;
    private final Opener opener;

    AttachmentsFilter(String name, AttachmentsConfig config, MeterRegistry meters) {
        this.name = name;
        this.config = config;
        this.blocked = Set.copyOf(config.blockedExtensions());
        this.opener = new Opener(config.unpack(), meters);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Cost cost() {
        return Cost.CHEAP;
    }

    @Override
    public double lowestScore() {
        return 0;
    }

    @Override
    public Optional<String> contentState() {
        return Optional.of("as configured"); // the settings hold as long as the process, and so does the cache
    }

    /// The hashes of attachments, for lists of hashes.
    @Override
    public boolean extracts() {
        return true;
    }

    @Override
    public FilterResult scan(MailTransaction mail, Deadline deadline) throws InterruptedException {
        Attached attached = new Attached(config, blocked, opener, deadline);
        return Look.at(() -> {
            try {
                MimeSummary summary =
                        MimeWalk.everyReading(mail.content(), mail.header(), MimeLimits.DEFAULTS, attached::part);
                attached.structure(summary);
                return attached.found();
            } catch (Opener.Overloaded e) {
                return new NoVerdict(
                        NoVerdictReason.OVERLOADED, "all places for unpacking stayed taken", attached.found());
            } catch (Opener.TimeOver e) {
                // Without what was found: the thread that looked may not have ended yet.
                return new NoVerdict(NoVerdictReason.TIMED_OUT, "while looking into attachments");
            }
        });
    }

    @Override
    public FilterStatus status(Deadline deadline) {
        return new FilterStatus(
                true, blocked.size() + " blocked extensions; compressed RAR archives and Zstandard are not opened");
    }

    @Override
    public void close() {
        opener.close();
    }
}
