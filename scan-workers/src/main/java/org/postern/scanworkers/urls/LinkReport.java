// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.core.filter.Extract;
import org.postern.core.filter.Finding;
import org.postern.scanworkers.urls.MailLink.Source;

/// Judges the links of one mail: each kind of finding once. Used by one thread.
final class LinkReport {
    private final UrlsConfig config;
    private final Looks looks;
    private final Set<String> shorteners;
    private final Map<String, Finding> findings = new LinkedHashMap<>();
    private final Set<Extract> extracts = new LinkedHashSet<>();
    private final Set<String> hosts = new LinkedHashSet<>();
    private final Set<String> domains = new LinkedHashSet<>();

    LinkReport(UrlsConfig config, Looks looks) {
        this.config = config;
        this.looks = looks;
        this.shorteners = Set.copyOf(config.shorteners());
    }

    List<Finding> findings() {
        return List.copyOf(findings.values());
    }

    /// One link for each host, clicked ones first, and the addresses.
    Set<Extract> extracts() {
        return extracts;
    }

    void judge(LinkCollector mail) {
        // Pictures that are only loaded come last: others see a bounded number.
        mail.links().stream().filter(link -> link.source() != Source.RESOURCE).forEach(this::link);
        mail.links().stream().filter(link -> link.source() == Source.RESOURCE).forEach(this::link);
        mail.mailboxes().forEach(address -> extract(new Extract.Mailbox(address)));
        if (domains.size() >= config.manyDomains()) {
            add("URL_TOO_MANY", config.scores().many(), domains.size() + " domains");
        }
        mail.incomplete().ifPresent(why -> add("URL_INCOMPLETE", config.scores().incomplete(), why));
    }

    private void link(MailLink link) {
        UrlScores scores = config.scores();
        if (WebAddress.isHarmful(link.url())) {
            add("URL_SCHEME", scores.scheme(), link.url());
        }
        Optional<WebAddress> parsed = WebAddress.of(link.url());
        if (parsed.isEmpty()) {
            return;
        }
        WebAddress address = parsed.get();
        if (hosts.add(address.host())) {
            extract(new Extract.Link(address.url(), plainHost(address.host())));
        }
        domains.add(address.domain());
        if (link.source() == Source.CODE) {
            add("URL_IN_CODE", scores.code(), address.url());
        }
        if (address.hiddenAddress()) {
            add("URL_IP_HIDDEN", scores.hiddenAddress(), address.url());
        } else if (address.isAddress()) {
            add("URL_IP_HOST", scores.address(), address.url());
        }
        if (!address.userInfo().isEmpty()) {
            add("URL_USER_INFO", scores.userInfo(), address.url());
        }
        if (Looks.isHomograph(address.host())) {
            add("URL_HOMOGRAPH", scores.homograph(), address.host() + " is shown as " + Looks.shown(address.host()));
        }
        looks.imitated(address)
                .ifPresent(domain -> add("URL_LOOKALIKE", scores.lookalike(), address.host() + " for " + domain));
        if (shorteners.contains(address.host()) || shorteners.contains(address.domain())) {
            add("URL_SHORTENER", scores.shortener(), address.url());
        }
        LinkFinder.shownHost(link.shown())
                .filter(shown -> !sameOwner(shown, address))
                .ifPresent(shown -> add("URL_MISMATCH", scores.mismatch(), shown + " leads to " + address.host()));
    }

    private void extract(Extract extract) {
        if (extracts.size() < Extract.MAX) {
            extracts.add(extract);
        }
    }

    private static boolean sameOwner(String shown, WebAddress address) {
        return PublicSuffixes.registered(shown).orElse(shown).equals(address.domain());
    }

    private static String plainHost(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private void add(String symbol, double score, String evidence) {
        findings.putIfAbsent(symbol, new Finding(symbol, score, evidence));
    }
}
