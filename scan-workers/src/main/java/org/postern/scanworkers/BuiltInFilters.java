// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers;

import java.util.List;
import org.postern.core.filter.FilterFactory;
import org.postern.scanworkers.attachments.AttachmentsFilterFactory;
import org.postern.scanworkers.clamav.ClamavFilterFactory;
import org.postern.scanworkers.client.ClientFactory;
import org.postern.scanworkers.dnsbl.DnsblFactory;
import org.postern.scanworkers.mailauth.MailauthFactory;
import org.postern.scanworkers.ocr.OcrFilterFactory;
import org.postern.scanworkers.rspamd.RspamdFilterFactory;
import org.postern.scanworkers.rules.RulesFilterFactory;
import org.postern.scanworkers.spamd.SpamdFilterFactory;
import org.postern.scanworkers.urls.UrlsFilterFactory;

/// The filters that come with Postern. A new engine is one package and one line here.
public final class BuiltInFilters {
    private BuiltInFilters() {}

    /// One factory for each engine, in the order of their names.
    public static List<FilterFactory<?>> factories() {
        return List.of(
                new AttachmentsFilterFactory(),
                new ClamavFilterFactory(),
                new ClientFactory(),
                new DnsblFactory(),
                new MailauthFactory(),
                new OcrFilterFactory(),
                new RspamdFilterFactory(),
                new RulesFilterFactory(),
                new SpamdFilterFactory(),
                new UrlsFilterFactory());
    }
}
