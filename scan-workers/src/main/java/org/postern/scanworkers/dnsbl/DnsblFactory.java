// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;

/// Makes the filter `dnsbl`.
public final class DnsblFactory implements FilterFactory<DnsblConfig> {
    @Override
    public String name() {
        return DnsblFilter.NAME;
    }

    @Override
    public Class<DnsblConfig> settings() {
        return DnsblConfig.class;
    }

    @Override
    public Filter create(DnsblConfig settings, Surroundings surroundings) {
        DnsblFilter filter = new DnsblFilter(settings, surroundings.dns(), surroundings.meters());
        filter.watch();
        return filter;
    }
}
