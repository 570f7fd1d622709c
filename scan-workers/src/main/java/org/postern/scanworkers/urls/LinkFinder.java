// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds links in plain text as mail programs do, who make them clickable. Linear in the text.
final class LinkFinder {
    /// What is longer is cut: browsers and lists look at less.
    private static final int LINK_MAX = 3_000;
    /// So many names without a scheme are looked up among the suffixes: each takes as long as a page of text.
    private static final int NAMES_MAX = 10_000;

    private static final Pattern LINK =
            Pattern.compile("(?i)(?:\\b(?:https?|ftp):[/\\\\]+|\\bwww\\.|\\b[a-z0-9][a-z0-9.-]*\\.[a-z]+/)"
                    + "[^\\s<>\"\\x{00a0}\\x{2028}\\x{3000}]*");
    private static final String END = ".,;:!?'\u2019\u201d*|";
    private static final Pattern SHOWN_HOST = Pattern.compile(
            "(?i)^(?:https?://)?((?:[\\pL\\pN_-]+\\.)+(?:[\\pL]+|xn--[a-z0-9-]+))(?::\\d+)?(?:[/?#].*)?$");

    private LinkFinder() {}

    /// @param links each with a scheme
    /// @param complete whether all of the text was looked at, as far as more links are wanted
    record Found(List<String> links, boolean complete) {
        Found {
            links = List.copyOf(links);
        }
    }

    /// The links in a text.
    static Found in(String text, int max) {
        List<String> links = new ArrayList<>();
        Matcher matcher = LINK.matcher(text);
        int names = 0;
        while (links.size() < max && matcher.find()) {
            String all = matcher.group();
            String link = trimmed(all.length() > LINK_MAX ? all.substring(0, LINK_MAX) : all);
            boolean whole = link.regionMatches(true, 0, "http", 0, 4) || link.regionMatches(true, 0, "ftp:", 0, 4);
            if (whole) {
                links.add(link);
            } else if (++names > NAMES_MAX) {
                return new Found(links, false);
            } else if (isBareHost(text, matcher.start(), link)) {
                links.add("http://" + link);
            }
        }
        return new Found(links, true);
    }

    /// A name alone is a link only with a known suffix, and not behind an `@` or a slash.
    private static boolean isBareHost(String text, int start, String link) {
        if (start > 0 && "@/\\=".indexOf(text.charAt(start - 1)) >= 0) {
            return false;
        }
        return WebAddress.of("http://" + link)
                .filter(address -> PublicSuffixes.couldBeHost(address.host()))
                .isPresent();
    }

    /// Without what ends a sentence, and without closing brackets that were not opened within.
    private static String trimmed(String link) {
        int end = link.length();
        while (end > 0) {
            char last = link.charAt(end - 1);
            String before = link.substring(0, end - 1);
            boolean bracket = (last == ')' && before.indexOf('(') < 0)
                    || (last == ']' && before.indexOf('[') < 0)
                    || (last == '}' && before.indexOf('{') < 0);
            if (!bracket && END.indexOf(last) < 0) {
                break;
            }
            end--;
        }
        return link.substring(0, end);
    }

    /// The host that the text of a link shows, when the text is nothing but a host or a link.
    static Optional<String> shownHost(String linkText) {
        String text = linkText.strip();
        if (text.length() > MailLink.SHOWN_MAX || text.indexOf('@') >= 0) {
            return Optional.empty();
        }
        Matcher matcher = SHOWN_HOST.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return WebAddress.of("http://" + matcher.group(1)).map(WebAddress::host).filter(PublicSuffixes::couldBeHost);
    }
}
