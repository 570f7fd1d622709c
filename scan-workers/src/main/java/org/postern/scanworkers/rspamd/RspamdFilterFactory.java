// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rspamd;

import java.util.List;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;
import org.postern.scanworkers.pool.CanaryFile;
import org.postern.scanworkers.pool.ScoringEngine;

/// Makes the spam filter rspamd.
public final class RspamdFilterFactory implements FilterFactory<RspamdConfig> {
    @Override
    public String name() {
        return "rspamd";
    }

    @Override
    public Class<RspamdConfig> settings() {
        return RspamdConfig.class;
    }

    @Override
    public Bounds bounds(RspamdConfig settings) {
        return settings.engine().bounds();
    }

    @Override
    public Filter create(RspamdConfig settings, Surroundings surroundings) {
        ScoringEngine engine = settings.engine();
        List<CanaryFile> canaries = CanaryFile.read(name(), settings.canaries());
        RspamdMeters meters = new RspamdMeters(engine.answers(surroundings), surroundings.meters());
        return engine.filter(
                surroundings,
                address -> new Rspamd(engine, settings.taskTimeout(), address, canaries, meters),
                Rspamd::scan);
    }
}
