// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dmarc;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A policy record. Unknown tags are ignored, and so are values that are none. RFC 9989 section 4.7 and 4.8.
///
/// @param policy tag `p`
/// @param subdomainPolicy tag `sp`
/// @param nonexistentPolicy tag `np`
/// @param suffix tag `psd`
/// @param strictDkim tag `adkim` is `s`
/// @param strictSpf tag `aspf` is `s`
/// @param testing tag `t` is `y`
record DmarcRecord(
        Optional<DmarcPolicy> policy,
        Optional<DmarcPolicy> subdomainPolicy,
        Optional<DmarcPolicy> nonexistentPolicy,
        Suffix suffix,
        boolean strictDkim,
        boolean strictSpf,
        boolean testing) {
    private static final Pattern VERSION = Pattern.compile("[vV][ \\t]*=[ \\t]*DMARC1[ \\t]*(?:;[\\s\\S]*)?");
    private static final Pattern REPORT_URI =
            Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:[^\\s,!]+(?:![0-9]+[kmgtKMGT]?)?");

    /// Whether names below this one belong to others.
    public enum Suffix {
        /// A public suffix: organisations are one label below.
        YES,
        /// The top of one organisation.
        NO,
        /// Not said.
        UNKNOWN
    }

    /// Reads a TXT record; empty for one that is no policy at all, and for one that RFC 9989 section 4.10.1 takes
    /// out of DMARC because its policy cannot be read and nobody wants reports.
    sealed interface Parsed {
        record Policy(DmarcRecord record) implements Parsed {}

        /// A policy record without a readable policy.
        record Broken() implements Parsed {}

        record Other() implements Parsed {}
    }

    static Parsed parse(String text) {
        if (!VERSION.matcher(text).matches()) {
            return new Parsed.Other();
        }
        Map<String, String> tags = new HashMap<>();
        for (String part : text.split(";", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                tags.putIfAbsent(
                        part.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                        part.substring(equals + 1).strip());
            }
        }
        Optional<DmarcPolicy> policy = policy(tags, "p");
        boolean readable = policy.isPresent()
                && policy(tags, "sp").isPresent() == tags.containsKey("sp")
                && policy(tags, "np").isPresent() == tags.containsKey("np");
        if (!readable && !wantsReports(tags.getOrDefault("rua", ""))) {
            return new Parsed.Broken();
        }
        boolean strictDkim = tags.getOrDefault("adkim", "r").equalsIgnoreCase("s");
        boolean strictSpf = tags.getOrDefault("aspf", "r").equalsIgnoreCase("s");
        boolean testing = tags.getOrDefault("t", "n").equalsIgnoreCase("y");
        return new Parsed.Policy(new DmarcRecord(
                readable ? policy : Optional.of(DmarcPolicy.NONE),
                readable ? policy(tags, "sp") : Optional.empty(),
                readable ? policy(tags, "np") : Optional.empty(),
                suffix(tags.getOrDefault("psd", "u")),
                strictDkim,
                strictSpf,
                testing));
    }

    private static Optional<DmarcPolicy> policy(Map<String, String> tags, String tag) {
        return Optional.ofNullable(tags.get(tag)).flatMap(DmarcPolicy::of);
    }

    private static boolean wantsReports(String rua) {
        for (String uri : rua.split(",", -1)) {
            if (REPORT_URI.matcher(uri.strip()).matches()) {
                return true;
            }
        }
        return false;
    }

    private static Suffix suffix(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "y" -> Suffix.YES;
            case "n" -> Suffix.NO;
            default -> Suffix.UNKNOWN;
        };
    }
}
