// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;

/// Makes the attachment rule.
public final class AttachmentsFilterFactory implements FilterFactory<AttachmentsConfig> {
    @Override
    public String name() {
        return "attachments";
    }

    @Override
    public Class<AttachmentsConfig> settings() {
        return AttachmentsConfig.class;
    }

    @Override
    public Bounds bounds(AttachmentsConfig settings) {
        UnpackConfig unpack = settings.unpack();
        return new Bounds(
                "unpack.at-once " + unpack.atOnce() + " with twice file-max " + unpack.fileMax() + " and 64MiB each",
                unpack.atOnce() * (2 * unpack.fileMax().bytes() + PackedFiles.DICTIONARY_KIB * 1024L),
                0);
    }

    @Override
    public Filter create(AttachmentsConfig settings, Surroundings surroundings) {
        return new AttachmentsFilter(name(), settings, surroundings.meters());
    }
}
