// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rspamd;

import java.util.List;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.scanworkers.pool.BackendPool;
import org.postern.scanworkers.pool.ClientNames;
import org.postern.scanworkers.pool.PooledFilter;

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
        return Bounds.ofPool(settings.backends().size(), settings.maxConnections());
    }

    @Override
    public Filter create(RspamdConfig settings, Surroundings surroundings) {
        List<Rspamd> backends = settings.backends().stream()
                .map(backend -> new Rspamd(settings, BackendAddress.parse(backend)))
                .toList();
        return new PooledFilter<>(
                name(),
                new BackendPool<>(name(), backends, settings.pool(), surroundings.meters()),
                settings.maxSize(),
                settings.scanTimeout(),
                settings.lowestScore(),
                new ClientNames(surroundings.dns()),
                Rspamd::scan);
    }
}
