// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import java.util.List;
import java.util.Locale;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.ByteSize;

/// Settings of the look at links.
public record UrlsConfig(
        @Doc("How much decoded text and HTML of a mail is searched for links, 16KiB to 16MiB.") @Default("1MiB")
        ByteSize textMax,

        @Doc("How many different links of a mail are looked at, 10 to 10000.") @Default("1000")
        int linksMax,

        @Doc("How many PDFs and pictures of a mail are read, 0 to 100; 0 reads none.") @Default("8")
        int documentsMax,

        @Doc("From how many different domains on a mail has too many, 5 to 10000.") @Default("60")
        int manyDomains,

        @Doc("Hosts of services that hide where a link leads.")
        @Default("[bit.ly, buff.ly, cutt.ly, goo.gl, is.gd, lnkd.in, ow.ly, qr.io, qrco.de, rb.gy, rebrand.ly, s.id,"
                + " shorturl.at, t.co, t.ly, tiny.cc, tinyurl.com, v.gd]")
        List<String> shorteners,

        @Doc("Domains that others like to imitate; a link to a name that looks like one of them is a finding.")
        @Default("[amazon.com, apple.com, dhl.com, docusign.com, dropbox.com, facebook.com, google.com, icloud.com,"
                + " instagram.com, linkedin.com, microsoft.com, netflix.com, office.com, paypal.com]")
        List<String> protectedDomains,

        @Doc("The scores of the findings.") UrlScores scores) {
    private static final String HOST = "[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63})+";

    /// The values of a configuration that says nothing.
    public static final UrlsConfig DEFAULTS = new UrlsConfig(
            ByteSize.ofMiB(1),
            1_000,
            8,
            60,
            List.of(("bit.ly buff.ly cutt.ly goo.gl is.gd lnkd.in ow.ly qr.io qrco.de rb.gy rebrand.ly s.id shorturl.at"
                            + " t.co t.ly tiny.cc tinyurl.com v.gd")
                    .split(" ")),
            List.of(("amazon.com apple.com dhl.com docusign.com dropbox.com facebook.com google.com icloud.com"
                            + " instagram.com linkedin.com microsoft.com netflix.com office.com paypal.com")
                    .split(" ")),
            UrlScores.DEFAULTS);

    public UrlsConfig {
        if (textMax.bytes() < 16 << 10 || textMax.bytes() > 16 << 20) {
            throw new IllegalArgumentException("text-max must be 16KiB to 16MiB, not " + textMax);
        }
        within("links-max", linksMax, 10, 10_000);
        within("documents-max", documentsMax, 0, 100);
        within("many-domains", manyDomains, 5, 10_000);
        shorteners = hosts("shorteners", shorteners);
        protectedDomains = hosts("protected-domains", protectedDomains);
    }

    private static void within(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " must be " + least + " to " + most + ", not " + value);
        }
    }

    private static List<String> hosts(String key, List<String> written) {
        List<String> hosts = written.stream()
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .toList();
        for (String host : hosts) {
            if (!host.matches(HOST)) {
                throw new IllegalArgumentException(
                        key + ": \"" + host + "\" is no domain; write it as example.com, with xn-- where it is needed");
            }
        }
        return hosts;
    }
}
