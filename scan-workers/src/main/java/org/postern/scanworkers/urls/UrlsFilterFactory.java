// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;
import org.postern.scanworkers.documents.DocumentReader;

/// Makes the look at links.
public final class UrlsFilterFactory implements FilterFactory<UrlsConfig> {
    @Override
    public String name() {
        return "urls";
    }

    @Override
    public Class<UrlsConfig> settings() {
        return UrlsConfig.class;
    }

    @Override
    public Filter create(UrlsConfig settings, Surroundings surroundings) {
        return new UrlsFilter(
                name(),
                settings,
                DocumentReader.shared(surroundings.tempFolder(), surroundings.meters()),
                surroundings.meters());
    }
}
