// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.ocr;

import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;
import org.postern.scanworkers.documents.DocumentReader;

/// Makes the recognition of text in pictures.
public final class OcrFilterFactory implements FilterFactory<OcrConfig> {
    @Override
    public String name() {
        return "ocr";
    }

    @Override
    public Class<OcrConfig> settings() {
        return OcrConfig.class;
    }

    @Override
    public Filter create(OcrConfig settings, Surroundings surroundings) {
        return new OcrFilter(
                name(),
                settings,
                DocumentReader.shared(surroundings.tempFolder(), surroundings.meters()),
                surroundings.tempFolder(),
                surroundings.meters());
    }
}
