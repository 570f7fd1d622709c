// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory;

/// Makes the filter `mailauth`.
public final class MailauthFactory implements FilterFactory<MailauthConfig> {
    @Override
    public String name() {
        return MailauthFilter.NAME;
    }

    @Override
    public Class<MailauthConfig> settings() {
        return MailauthConfig.class;
    }

    @Override
    public Filter create(MailauthConfig settings, Surroundings surroundings) {
        String id = settings.authservId().isEmpty() ? hostName() : settings.authservId();
        return new MailauthFilter(settings, id, surroundings.dns(), surroundings.meters(), Clock.systemUTC());
    }

    private static String hostName() {
        try {
            String name = InetAddress.getLocalHost().getCanonicalHostName();
            return name.matches("[A-Za-z0-9._-]{1,255}") ? name : "localhost";
        } catch (UnknownHostException _) {
            return "localhost";
        }
    }
}
