// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import java.util.Set;
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
    public Bounds bounds(UrlsConfig settings) {
        return settings.documentsMax() == 0
                ? Bounds.NONE
                : new Bounds("documents-max " + settings.documentsMax(), 0, 0, 0, Set.of(DocumentReader.bounds()));
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
