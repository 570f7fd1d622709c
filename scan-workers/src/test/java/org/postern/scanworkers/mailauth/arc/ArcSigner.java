// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.arc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.postern.core.mail.HeaderField;
import org.postern.scanworkers.mailauth.dkim.Canonicalization;
import org.postern.scanworkers.mailauth.dkim.Crypto;
import org.postern.scanworkers.mailauth.dkim.SignedMessage;

/// Makes a new link for the chain of a message that is passed on, for tests: Postern seals nothing. RFC 8617 section
/// 5.1.
///
/// A signature stays on one line: every blank inside it would be covered by the next seal, and hops fold differently.
///
/// @param crypto the algorithm of the key
/// @param key the private key whose public half is published at selector and domain
/// @param domain who vouches
/// @param headers the names of the fields to sign, in lower case, with `from` among them
record ArcSigner(Crypto crypto, PrivateKey key, String domain, String selector, List<String> headers) {
    public ArcSigner {
        headers = headers.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        if (!headers.contains("from") || headers.contains("arc-seal")) {
            throw new IllegalArgumentException("an ARC message signature signs From and never a seal");
        }
    }

    /// The fields to be put on top of the message, first to last: seal, message signature, results. None where RFC
    /// 8617 section 5.1 forbids it: a chain that already failed, or has 50 links.
    ///
    /// @param results what we found, as in Authentication-Results: authserv-id and results
    /// @param chain what we found of the chain so far
    public List<HeaderField> seal(SignedMessage message, String results, ArcOutcome chain, Instant now)
            throws IOException {
        if (!(ArcSet.collect(message) instanceof ArcSet.Chain.Complete complete)
                || complete.sets().size() >= ArcSet.INSTANCES_MAX
                || chain.result() == ArcResult.TEMPERROR
                || sealedAsFailed(message, complete.sets())) {
            return List.of();
        }
        int instance = complete.sets().size() + 1;
        HeaderField aar = new HeaderField(ArcSet.RESULTS, " i=" + instance + "; " + results.strip());
        HeaderField ams = messageSignature(message, instance, now);
        HeaderField as = seal(message, complete.sets(), aar, ams, instance, chain, now);
        return List.of(as, ams, aar);
    }

    private static boolean sealedAsFailed(SignedMessage message, List<ArcSet> sets) {
        return !sets.isEmpty()
                && message.field(sets.getLast().seal())
                        .toLowerCase(Locale.ROOT)
                        .matches("(?s).*\\bcv\\s*=\\s*fail\\b.*");
    }

    private HeaderField messageSignature(SignedMessage message, int instance, Instant now) throws IOException {
        String hash = base64(message.body(Canonicalization.Form.RELAXED, OptionalLong.empty())
                .sha256());
        String before = " a=" + crypto.word() + ";\r\n b=";
        String after = ";\r\n bh=" + hash + "; c=relaxed/relaxed;\r\n d=" + domain + "; h=" + String.join(":", headers)
                + ";\r\n i=" + instance + "; s=" + selector + "; t=" + now.getEpochSecond();
        byte[] octets = message.signedOctets(
                Canonicalization.Form.RELAXED, headers, ArcSet.SIGNATURE + ":" + before + after, Optional.empty());
        return new HeaderField(ArcSet.SIGNATURE, before + base64(crypto.sign(key, octets)) + after);
    }

    private HeaderField seal(
            SignedMessage message,
            List<ArcSet> sets,
            HeaderField aar,
            HeaderField ams,
            int instance,
            ArcOutcome chain,
            Instant now) {
        // RFC 8617 section 5.1.2: the seal of a broken chain covers only its own link.
        boolean failed = chain.result() == ArcResult.FAIL;
        String validity = instance == 1 ? "none" : chain.result().word();
        String before = " a=" + crypto.word() + ";\r\n b=";
        String after = "; cv=" + validity + "; d=" + domain + "; i=" + instance + "; s=" + selector + ";\r\n t="
                + now.getEpochSecond();
        List<String> fields = new ArrayList<>();
        if (!failed) {
            for (ArcSet set : sets) {
                fields.add(message.field(set.results()));
                fields.add(message.field(set.signature()));
                fields.add(message.field(set.seal()));
            }
        }
        fields.add(aar.name() + ":" + aar.rawValue());
        fields.add(ams.name() + ":" + ams.rawValue());
        fields.add(ArcSet.SEAL + ":" + before + after);
        String octets = String.join(
                "\r\n",
                fields.stream()
                        .map(field -> Canonicalization.field(Canonicalization.Form.RELAXED, field))
                        .toList());
        byte[] signature = crypto.sign(key, octets.getBytes(StandardCharsets.ISO_8859_1));
        return new HeaderField(ArcSet.SEAL, before + base64(signature) + after);
    }

    private static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }
}
