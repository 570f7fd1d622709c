// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import java.io.IOException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.core.limits.Deadline;

/// Verifies the signatures of a message. Many threads verify at once. RFC 6376 section 6.
public final class DkimVerifier {
    private static final long CLOCK_DRIFT_SECONDS = 300;
    private static final int SIGNATURE_PREFIX = 8;

    private final KeyLookup keys;
    private final int signaturesMax;
    private final Clock clock;

    /// @param signaturesMax how many signatures of a message are looked at, from the top
    public DkimVerifier(KeyLookup keys, int signaturesMax, Clock clock) {
        this.keys = keys;
        this.signaturesMax = signaturesMax;
        this.clock = clock;
    }

    /// One outcome for each signature, from the top; none for a message without any.
    public List<DkimOutcome> verify(SignedMessage message, Deadline deadline) throws IOException, InterruptedException {
        List<DkimOutcome> outcomes = new ArrayList<>();
        for (int index : message.indexes("DKIM-Signature")) {
            Optional<TagList> tags =
                    TagList.parse(message.header().fields().get(index).rawValue());
            Verdict verdict = outcomes.size() >= signaturesMax
                    ? Verdict.of(DkimResult.NEUTRAL, "more than " + signaturesMax + " signatures")
                    : tags.isEmpty()
                            ? Verdict.of(DkimResult.PERMERROR, "the signature cannot be read")
                            : verify(message, index, tags.get(), deadline);
            outcomes.add(verdict.outcome(tags));
            if (outcomes.size() > signaturesMax) {
                break;
            }
        }
        return outcomes;
    }

    private record Verdict(DkimResult result, String reason, int bits, boolean testing, boolean partial) {
        static Verdict of(DkimResult result, String reason) {
            return new Verdict(result, reason, 0, false, false);
        }

        DkimOutcome outcome(Optional<TagList> tags) {
            String signature = tag(tags, "b").replaceAll("\\s", "");
            return new DkimOutcome(
                    result,
                    tag(tags, "d"),
                    tag(tags, "s"),
                    tag(tags, "a"),
                    signature.substring(0, Math.min(SIGNATURE_PREFIX, signature.length())),
                    reason,
                    bits,
                    testing,
                    partial,
                    result == DkimResult.PASS && !reason.isEmpty());
        }

        private static String tag(Optional<TagList> tags, String name) {
            return tags.flatMap(list -> list.get(name)).orElse("");
        }
    }

    private Verdict verify(SignedMessage message, int index, TagList tags, Deadline deadline)
            throws IOException, InterruptedException {
        if (!message.header().wellFormed()) {
            // Others may see the header end elsewhere: what was signed is not what they show.
            return Verdict.of(DkimResult.PERMERROR, "the header ends in a line that is no field");
        }
        return switch (DkimSignature.parse(tags)) {
            case DkimSignature.Parsed.Unusable unusable -> Verdict.of(unusable.result(), unusable.reason());
            case DkimSignature.Parsed.Usable usable -> verify(message, index, usable.signature(), deadline);
        };
    }

    private Verdict verify(SignedMessage message, int index, DkimSignature signature, Deadline deadline)
            throws IOException, InterruptedException {
        Optional<String> untimely = untimely(signature);
        if (untimely.isPresent()) {
            return Verdict.of(DkimResult.FAIL, untimely.get());
        }
        return switch (keys.find(signature.selector(), signature.domain(), deadline)) {
            case KeyLookup.Result.Unknown unknown -> Verdict.of(DkimResult.TEMPERROR, unknown.reason());
            case KeyLookup.Result.Unusable unusable -> Verdict.of(DkimResult.PERMERROR, unusable.reason());
            case KeyLookup.Result.Found found -> verify(message, index, signature, found.record());
        };
    }

    private Optional<String> untimely(DkimSignature signature) {
        long now = clock.instant().getEpochSecond();
        if (signature.timestamp().isPresent() && signature.timestamp().getAsLong() > now + CLOCK_DRIFT_SECONDS) {
            return Optional.of("signed in the future");
        }
        if (signature.expiration().isPresent()) {
            long expiration = signature.expiration().getAsLong();
            if (expiration < now) {
                return Optional.of("the signature has expired");
            }
            if (signature.timestamp().isPresent()
                    && expiration < signature.timestamp().getAsLong()) {
                return Optional.of("expires before it was signed");
            }
        }
        return Optional.empty();
    }

    private static Verdict verify(SignedMessage message, int index, DkimSignature signature, KeyRecord key)
            throws IOException {
        if (key.crypto() != signature.crypto()) {
            return Verdict.of(DkimResult.PERMERROR, "the key is of another type");
        }
        if (key.strictIdentity() && !signature.identityDomain().equals(signature.domain())) {
            return Verdict.of(DkimResult.PERMERROR, "the key does not sign for names below the domain");
        }
        Canonicalization canonicalization = signature.canonicalization();
        SignedMessage.Body body = message.body(canonicalization.body(), signature.bodyLength());
        long covered = signature.bodyLength().orElse(body.length());
        if (covered > body.length()) {
            return new Verdict(DkimResult.FAIL, "the body is shorter than signed", key.bits(), key.testing(), false);
        }
        boolean partial = covered < body.length();
        if (!MessageDigest.isEqual(body.sha256(), signature.bodyHash())) {
            return new Verdict(DkimResult.FAIL, "the body was changed", key.bits(), key.testing(), partial);
        }
        byte[] signed = message.signedOctets(
                canonicalization.header(), signature.headers(), message.field(index), Optional.of(index));
        return signature.crypto().verify(key.key(), signed, signature.signature())
                ? new Verdict(
                        DkimResult.PASS,
                        message.addedField(signature.headers())
                                .map(name -> "another " + name + " was added")
                                .orElse(""),
                        key.bits(),
                        key.testing(),
                        partial)
                : new Verdict(DkimResult.FAIL, "signature and header do not match", key.bits(), key.testing(), partial);
    }
}
