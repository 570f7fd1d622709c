// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.util.List;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.scanworkers.pool.BackendPool;
import org.postern.scanworkers.pool.CanaryFile;

/// Makes the virus scanner.
public final class ClamavFilterFactory implements FilterFactory<ClamavConfig> {
    @Override
    public String name() {
        return "clamav";
    }

    @Override
    public Class<ClamavConfig> settings() {
        return ClamavConfig.class;
    }

    @Override
    public Bounds bounds(ClamavConfig settings) {
        Bounds pool = Bounds.ofPool(settings.backends().size(), settings.maxConnections());
        int watches = settings.backends().size();
        return new Bounds(pool.reason(), pool.heap(), pool.descriptors() + watches);
    }

    @Override
    public Filter create(ClamavConfig settings, Surroundings surroundings) {
        List<CanaryFile> canaries = CanaryFile.read(name(), settings.canaries());
        List<Clamd> backends = settings.backends().stream()
                .map(backend -> new Clamd(settings, BackendAddress.parse(backend), canaries))
                .toList();
        backends.forEach(backend -> backend.signatures().register(surroundings.meters()));
        return new ClamavFilter(
                name(),
                settings,
                new BackendPool<>(name(), backends, settings.pool(), surroundings.meters()),
                surroundings.tempFolder());
    }
}
