// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.arc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.core.dns.DnsName;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.mailauth.dkim.Canonicalization;
import org.postern.scanworkers.mailauth.dkim.Crypto;
import org.postern.scanworkers.mailauth.dkim.KeyLookup;
import org.postern.scanworkers.mailauth.dkim.SignedMessage;
import org.postern.scanworkers.mailauth.dkim.TagList;

/// Validates the chain of a message. Many threads validate at once. RFC 8617 section 5.2.
public final class ArcValidator {
    private final KeyLookup keys;

    public ArcValidator(KeyLookup keys) {
        this.keys = keys;
    }

    public ArcOutcome validate(SignedMessage message, Deadline deadline) throws IOException, InterruptedException {
        return switch (ArcSet.collect(message)) {
            case ArcSet.Chain.Malformed malformed -> ArcOutcome.broken(0, malformed.reason());
            case ArcSet.Chain.Complete complete ->
                complete.sets().isEmpty()
                        ? new ArcOutcome(ArcResult.NONE, 0, List.of(), "")
                        : validate(message, complete.sets(), deadline);
        };
    }

    private ArcOutcome validate(SignedMessage message, List<ArcSet> sets, Deadline deadline)
            throws IOException, InterruptedException {
        int count = sets.size();
        if (!message.header().wellFormed()) {
            return ArcOutcome.broken(count, "the header ends in a line that is no field");
        }
        List<TagList> seals = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Optional<TagList> seal = TagList.parse(
                    message.header().fields().get(sets.get(i).seal()).rawValue());
            String expected = i == 0 ? "none" : "pass";
            if (seal.isEmpty() || !seal.get().getOr("cv", "").equalsIgnoreCase(expected)) {
                return ArcOutcome.broken(count, "seal " + (i + 1) + " does not say cv=" + expected);
            }
            seals.add(seal.get());
        }
        Check newest = checkSignature(message, sets.getLast(), deadline);
        if (newest.result() != ArcResult.PASS) {
            return new ArcOutcome(newest.result(), count, List.of(), newest.reason());
        }
        for (int i = count - 1; i >= 0; i--) {
            Check check = checkSeal(message, sets.subList(0, i + 1), seals.get(i), deadline);
            if (check.result() != ArcResult.PASS) {
                return new ArcOutcome(check.result(), count, List.of(), "seal " + (i + 1) + ": " + check.reason());
            }
        }
        List<String> sealers = seals.stream().map(tags -> tags.getOr("d", "")).toList();
        return new ArcOutcome(ArcResult.PASS, count, sealers, "");
    }

    private record Check(ArcResult result, String reason) {
        static final Check GOOD = new Check(ArcResult.PASS, "");

        static Check bad(String reason) {
            return new Check(ArcResult.FAIL, reason);
        }
    }

    /// RFC 8617 section 4.1.2: as a DKIM signature, but for its name, the tag `i` and what it may sign.
    private Check checkSignature(SignedMessage message, ArcSet set, Deadline deadline)
            throws IOException, InterruptedException {
        Optional<TagList> parsed =
                TagList.parse(message.header().fields().get(set.signature()).rawValue());
        if (parsed.isEmpty()) {
            return Check.bad("the message signature cannot be read");
        }
        TagList tags = parsed.get();
        Optional<Canonicalization> canonicalization = Canonicalization.parse(tags.getOr("c", "simple/simple"));
        Optional<byte[]> bodyHash = tags.base64("bh");
        List<String> names = tags.items("h");
        if (canonicalization.isEmpty() || bodyHash.isEmpty() || names.isEmpty() || tags.malformedNumber("l")) {
            return Check.bad("the message signature lacks a tag or has a wrong one");
        }
        if (names.stream().anyMatch(ArcSet.SEAL::equalsIgnoreCase)
                || names.stream().noneMatch("from"::equalsIgnoreCase)) {
            return Check.bad("the message signature signs a seal, or not From");
        }
        Optional<String> added = message.addedField(names);
        if (added.isPresent()) {
            return Check.bad("another " + added.get() + " was added");
        }
        SignedMessage.Body body = message.body(canonicalization.get().body(), tags.number("l"));
        if (tags.number("l").orElse(0) > body.length() || !MessageDigest.isEqual(body.sha256(), bodyHash.get())) {
            return Check.bad("the body was changed");
        }
        byte[] octets = message.signedOctets(
                canonicalization.get().header(), names, message.field(set.signature()), Optional.of(set.signature()));
        return verify(tags, octets, deadline);
    }

    /// RFC 8617 section 4.1.3 and 5.1.1: relaxed form, all links up to this one, the seal itself last.
    private Check checkSeal(SignedMessage message, List<ArcSet> sets, TagList tags, Deadline deadline)
            throws InterruptedException {
        if (tags.get("h").isPresent() || tags.get("bh").isPresent()) {
            return Check.bad("a seal has no tag h");
        }
        return verify(tags, sealedOctets(message, sets), deadline);
    }

    static byte[] sealedOctets(SignedMessage message, List<ArcSet> sets) {
        StringBuilder octets = new StringBuilder();
        for (ArcSet set : sets) {
            octets.append(relaxed(message.field(set.results()))).append("\r\n");
            octets.append(relaxed(message.field(set.signature()))).append("\r\n");
            boolean last = set.equals(sets.getLast());
            String seal = message.field(set.seal());
            octets.append(relaxed(last ? SignedMessage.withoutSignature(seal) : seal))
                    .append(last ? "" : "\r\n");
        }
        return octets.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String relaxed(String field) {
        return Canonicalization.field(Canonicalization.Form.RELAXED, field);
    }

    private Check verify(TagList tags, byte[] octets, Deadline deadline) throws InterruptedException {
        Optional<Crypto> crypto = Crypto.of(tags.getOr("a", ""));
        Optional<DnsName> domain = DnsName.of(tags.getOr("d", ""));
        Optional<byte[]> signature = tags.base64("b");
        String selector = tags.getOr("s", "");
        if (crypto.isEmpty()
                || domain.isEmpty()
                || signature.isEmpty()
                || selector.isEmpty()
                || tags.malformedNumber("t")) {
            return Check.bad("a tag is missing or wrong");
        }
        return switch (keys.find(selector, domain.get(), deadline)) {
            case KeyLookup.Result.Unknown unknown -> new Check(ArcResult.TEMPERROR, unknown.reason());
            case KeyLookup.Result.Unusable unusable -> Check.bad(unusable.reason());
            case KeyLookup.Result.Found found ->
                found.record().crypto() == crypto.get()
                                && crypto.get().verify(found.record().key(), octets, signature.get())
                        ? Check.GOOD
                        : Check.bad("signature and fields do not match");
        };
    }
}
