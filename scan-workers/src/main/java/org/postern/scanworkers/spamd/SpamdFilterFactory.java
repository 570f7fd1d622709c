// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.spamd;

import java.util.List;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;
import org.postern.scanworkers.pool.AnswerMeter;
import org.postern.scanworkers.pool.CanaryFile;
import org.postern.scanworkers.pool.ScoringEngine;

/// Makes the spam filter SpamAssassin.
public final class SpamdFilterFactory implements FilterFactory<SpamdConfig> {
    @Override
    public String name() {
        return "spamd";
    }

    @Override
    public Class<SpamdConfig> settings() {
        return SpamdConfig.class;
    }

    @Override
    public Bounds bounds(SpamdConfig settings) {
        return settings.engine().bounds();
    }

    @Override
    public Filter create(SpamdConfig settings, Surroundings surroundings) {
        ScoringEngine engine = settings.engine();
        List<CanaryFile> canaries = CanaryFile.read(name(), settings.canaries());
        AnswerMeter answers = engine.answers(surroundings);
        return engine.filter(surroundings, address -> new Spamd(engine, address, canaries, answers), Spamd::scan);
    }
}
