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
    public Filter create(AttachmentsConfig settings, Surroundings surroundings) {
        return new AttachmentsFilter(name(), settings, surroundings.meters());
    }
}
