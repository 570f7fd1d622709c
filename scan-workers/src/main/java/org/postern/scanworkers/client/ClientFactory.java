// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;

/// Makes the filter `client`.
public final class ClientFactory implements FilterFactory<ClientConfig> {
    @Override
    public String name() {
        return ClientFilter.NAME;
    }

    @Override
    public Class<ClientConfig> settings() {
        return ClientConfig.class;
    }

    @Override
    public Filter create(ClientConfig settings, Surroundings surroundings) {
        return new ClientFilter(settings, hostName(), surroundings.dns(), surroundings.meters());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException _) {
            return "";
        }
    }
}
