// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.ocr;

import java.util.Set;
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
    public Bounds bounds(OcrConfig settings) {
        int atOnce = settings.atOnce();
        return new Bounds(
                "at-once " + atOnce + " with memory " + settings.memory() + ", cache-size " + settings.cacheSize(),
                (atOnce + 1) * DocumentReader.picturesMax()
                        + settings.cacheSize().bytes(),
                2L * atOnce,
                atOnce * settings.memory().bytes(),
                Set.of(DocumentReader.bounds()));
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
