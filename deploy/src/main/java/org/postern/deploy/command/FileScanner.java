// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.command;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.Filter;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageHeader;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;
import org.postern.deploy.Filters;
import org.postern.deploy.config.FarmConfig;
import org.postern.deploy.config.PosternConfig;
import org.postern.scanworkers.pipeline.ScanPipeline;

/// Has message files judged by the filters of one farm. Many threads may scan at once.
final class FileScanner implements AutoCloseable {
    private static final ByteSize HEADER_MAX = ByteSize.ofKiB(512);

    private final FarmPolicy policy;
    private final Arrival arrival;
    private final Path temp;
    private final Filters filters;
    private final ScanPipeline pipeline;

    /// What a mail came with, where its file does not say.
    ///
    /// @param from the sender; that of the Return-Path field where it is empty
    record Arrival(ClientInfo client, Optional<ReversePath> from, ForwardPath to) {}

    /// @param folder where relative paths of rule files and the like start
    /// @param temp for large mails
    FileScanner(PosternConfig config, String farmName, FarmConfig farm, Path folder, Path temp, Arrival arrival) {
        this.policy = Filters.policy(farmName, farm);
        this.arrival = arrival;
        this.temp = temp;
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        this.filters = Filters.create(config, List.of(farm), folder, temp, meters);
        this.pipeline = new ScanPipeline(policy, filters.all(), farm.scanning(), meters);
    }

    FarmPolicy policy() {
        return policy;
    }

    List<Filter> filters() {
        return filters.all();
    }

    Assessment scan(Path file, Deadline deadline) throws IOException {
        try (MessageContent content = MessageFile.content(file, temp)) {
            MessageHeader header = MessageHeader.read(content, HEADER_MAX);
            return pipeline.assess(
                    new MailTransaction(
                            TransactionId.create(Instant.now().toEpochMilli()),
                            policy.farm(),
                            arrival.client(),
                            Envelope.of(arrival.from().orElseGet(() -> sender(header)), List.of(arrival.to())),
                            content,
                            header,
                            MessageFile.received(header)),
                    deadline);
        }
    }

    /// What a file says is no fault of the caller: a sender that cannot be read is none.
    private static ReversePath sender(MessageHeader header) {
        try {
            return ReversePath.parse(MessageFile.returnPath(header).orElse(""));
        } catch (IllegalArgumentException e) {
            return ReversePath.parse("");
        }
    }

    @Override
    public void close() {
        pipeline.close();
        filters.close();
    }
}
