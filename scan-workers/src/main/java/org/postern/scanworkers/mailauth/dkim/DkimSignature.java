// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.postern.core.dns.DnsName;

/// The tags of a signature field, read and checked as far as that goes without the message. RFC 6376 section 3.5.
///
/// @param headers tag `h`, not empty
/// @param bodyLength tag `l`
/// @param identityDomain the domain of tag `i`, the signing domain or one below it
/// @param timestamp tag `t`, seconds since 1970
/// @param expiration tag `x`
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record DkimSignature(
        Crypto crypto,
        Canonicalization canonicalization,
        DnsName domain,
        String selector,
        List<String> headers,
        byte[] bodyHash,
        byte[] signature,
        OptionalLong bodyLength,
        DnsName identityDomain,
        OptionalLong timestamp,
        OptionalLong expiration) {
    private static final Pattern SELECTOR = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?");
    private static final Pattern FIELD_NAME = Pattern.compile("[!-9;-~]+");

    sealed interface Parsed {
        record Usable(DkimSignature signature) implements Parsed {}

        record Unusable(DkimResult result, String reason) implements Parsed {}
    }

    static Parsed parse(TagList tags) {
        if (!tags.getOr("v", "").equals("1")) {
            return unusable("the version is not 1");
        }
        for (String required : List.of("a", "b", "bh", "d", "h", "s")) {
            if (tags.get(required).isEmpty()) {
                return unusable("tag " + required + " is missing");
            }
        }
        if (tags.getOr("a", "").equals("rsa-sha1")) {
            return new Parsed.Unusable(DkimResult.FAIL, "rsa-sha1 is not believed any more"); // RFC 8301
        }
        Optional<Crypto> crypto = Crypto.of(tags.getOr("a", ""));
        Optional<Canonicalization> canonicalization = Canonicalization.parse(tags.getOr("c", "simple/simple"));
        if (crypto.isEmpty() || canonicalization.isEmpty()) {
            return unusable("unknown algorithm or canonicalization");
        }
        if (tags.get("q").isPresent() && !tags.items("q").contains("dns/txt")) {
            return unusable("unknown query method");
        }
        Optional<DnsName> domain = DnsName.of(tags.getOr("d", ""));
        String selector = tags.getOr("s", "");
        if (domain.isEmpty() || !SELECTOR.matcher(selector).matches()) {
            return unusable("domain or selector is no name");
        }
        Optional<DnsName> identity = identity(tags, domain.get());
        if (identity.isEmpty() || !identity.get().isWithin(domain.get())) {
            return unusable("the identity lies outside the signing domain");
        }
        List<String> headers = tags.items("h");
        if (!headers.stream().allMatch(name -> FIELD_NAME.matcher(name).matches())
                || headers.stream().noneMatch("from"::equalsIgnoreCase)) {
            return unusable("From is not signed"); // RFC 6376 section 5.4
        }
        Optional<byte[]> bodyHash = tags.base64("bh");
        Optional<byte[]> signature = tags.base64("b");
        if (bodyHash.isEmpty() || signature.isEmpty() || signature.get().length == 0) {
            return unusable("not base64");
        }
        if (tags.malformedNumber("l") || tags.malformedNumber("t") || tags.malformedNumber("x")) {
            return unusable("not a number");
        }
        return new Parsed.Usable(new DkimSignature(
                crypto.get(),
                canonicalization.get(),
                domain.get(),
                selector.toLowerCase(Locale.ROOT),
                headers,
                bodyHash.get(),
                signature.get(),
                tags.number("l"),
                identity.get(),
                tags.number("t"),
                tags.number("x")));
    }

    private static Optional<DnsName> identity(TagList tags, DnsName domain) {
        Optional<String> identity = tags.get("i");
        if (identity.isEmpty()) {
            return Optional.of(domain);
        }
        int at = identity.get().lastIndexOf('@');
        return at < 0 ? Optional.empty() : DnsName.of(identity.get().substring(at + 1));
    }

    private static Parsed unusable(String reason) {
        return new Parsed.Unusable(DkimResult.PERMERROR, reason);
    }
}
