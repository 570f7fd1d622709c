// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.nio.file.Path;
import java.util.List;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Domain;

/// Settings of a spool that differ in something from the defaults.
public final class SpoolConfigs {
    private final SpoolConfig base;
    private ByteSize messageMax;
    private ByteSize freeSpaceMin;
    private ByteSize reserve;
    private int rememberMax;
    private List<Domain> recogniseNothingFor;
    private int syncThreads;

    private SpoolConfigs(SpoolConfig base) {
        this.base = base;
        this.messageMax = base.messageMax();
        this.freeSpaceMin = base.freeSpaceMin();
        this.reserve = base.reserve();
        this.rememberMax = base.rememberMax();
        this.recogniseNothingFor = base.recogniseNothingFor();
        this.syncThreads = base.syncThreads();
    }

    public static SpoolConfigs in(Path folder) {
        return new SpoolConfigs(SpoolConfig.in(folder));
    }

    public SpoolConfigs messageMax(ByteSize size) {
        messageMax = size;
        return this;
    }

    SpoolConfigs freeSpaceMin(ByteSize size) {
        freeSpaceMin = size;
        return this;
    }

    SpoolConfigs reserve(ByteSize size) {
        reserve = size;
        return this;
    }

    SpoolConfigs rememberMax(int handoffs) {
        rememberMax = handoffs;
        return this;
    }

    SpoolConfigs recogniseNothingFor(Domain... domains) {
        recogniseNothingFor = List.of(domains);
        return this;
    }

    SpoolConfigs syncThreads(int threads) {
        syncThreads = threads;
        return this;
    }

    public SpoolConfig get() {
        return new SpoolConfig(
                base.folder(),
                messageMax,
                freeSpaceMin,
                base.freeFilesMin(),
                reserve,
                base.mailsMax(),
                base.rememberIds(),
                base.rememberUnproven(),
                rememberMax,
                recogniseNothingFor,
                syncThreads);
    }
}
