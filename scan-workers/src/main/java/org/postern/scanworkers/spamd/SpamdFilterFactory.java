// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.spamd;

import java.util.List;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.scanworkers.pool.BackendPool;
import org.postern.scanworkers.pool.ClientNames;
import org.postern.scanworkers.pool.PooledFilter;

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
        return Bounds.ofPool(settings.backends().size(), settings.maxConnections());
    }

    @Override
    public Filter create(SpamdConfig settings, Surroundings surroundings) {
        List<Spamd> backends = settings.backends().stream()
                .map(backend -> new Spamd(settings, BackendAddress.parse(backend)))
                .toList();
        return new PooledFilter<>(
                name(),
                new BackendPool<>(name(), backends, settings.pool(), surroundings.meters()),
                settings.maxSize(),
                settings.scanTimeout(),
                settings.lowestScore(),
                new ClientNames(surroundings.dns()),
                Spamd::scan);
    }
}
