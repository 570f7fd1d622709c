// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.postern.core.directory.Account;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.ScramCredential;
import org.postern.core.limits.Deadline;

/// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS: the password never comes over. RFC 5802, RFC 7677
///
/// A login that does not exist goes through the whole exchange with an invented salt and fails at its end.
final class Scram implements SaslExchange {
    private static final int NONCE_OCTETS = 18;
    private static final int KEY_OCTETS = 32;
    private static final byte[] NO_OCTETS = new byte[0];
    private static final SecureRandom RANDOM = new SecureRandom();

    private enum State {
        BEGIN,
        CHALLENGED,
        PROVEN,
        OVER
    }

    private final SaslBackend backend;
    private final boolean plus;
    private State state = State.BEGIN;
    private boolean asked;
    private Optional<ScramMessage.First> first = Optional.empty();
    private Optional<ScramCredential> credential = Optional.empty();
    private String nonce = "";
    private String challenge = "";

    Scram(SaslBackend backend, boolean plus) {
        this.backend = backend;
        this.plus = plus;
    }

    @Override
    public Step next(byte[] response) {
        return switch (state) {
            case BEGIN -> {
                if (response.length == 0 && !asked) {
                    asked = true;
                    yield new Step.Challenge(new byte[0]);
                }
                yield ScramMessage.first(response).map(this::challenge).orElseGet(Step.Malformed::new);
            }
            case CHALLENGED -> ScramMessage.last(response).map(this::verify).orElseGet(Step.Malformed::new);
            // RFC 4954 section 4: the client answers what came with success by an empty line.
            case PROVEN ->
                response.length == 0
                        ? conclude(new Lookup.Known<>(credential.orElseThrow().account()))
                        : new Step.Malformed();
            case OVER -> new Step.Malformed();
        };
    }

    @Override
    public boolean askedForChallenge() {
        return state == State.CHALLENGED;
    }

    @Override
    public Step cancelled() {
        String login =
                state == State.CHALLENGED ? first.map(ScramMessage.First::login).orElse("") : "";
        state = State.OVER;
        return new Step.Cancelled(login);
    }

    private Step challenge(ScramMessage.First message) {
        first = Optional.of(message);
        if (plus != message.binding().isPresent()) {
            return new Step.Malformed();
        }
        if (message.binding().isPresent()
                && !backend.bindings().containsKey(message.binding().get())) {
            return new Step.Malformed();
        }
        if (message.couldBind() && !backend.bindings().isEmpty()) {
            // Somebody between us took SCRAM-SHA-256-PLUS off the list. RFC 5802 section 6
            return conclude(new Lookup.Unknown<>());
        }
        if (!backend.mayTry().test(message.login())) {
            state = State.OVER;
            return new Step.Barred();
        }
        Lookup<ScramCredential> found =
                backend.directory().scramCredential(message.login(), Deadline.in(SaslBackend.PATIENCE));
        switch (found) {
            case Lookup.Undetermined<ScramCredential>(String reason) -> {
                return conclude(new Lookup.Undetermined<>(reason));
            }
            case Lookup.Known<ScramCredential>(ScramCredential known) -> {
                backend.decoy().learn(known);
                credential =
                        Optional.of(known).filter(it -> it.account().status().mayLogIn());
            }
            case Lookup.Unknown<ScramCredential>() -> {
                // Goes on with the decoy.
            }
        }
        byte[] random = new byte[NONCE_OCTETS];
        RANDOM.nextBytes(random);
        nonce = message.nonce() + Base64.getEncoder().encodeToString(random);
        byte[] invented = backend.decoy()
                .salt(backend.directory()
                        .canonicalLogin(message.login())); // also where it is not needed: it takes time
        byte[] salt = credential.map(ScramCredential::salt).orElse(invented);
        int iterations = credential.map(ScramCredential::iterations).orElseGet(backend.decoy()::iterations);
        challenge = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(salt) + ",i=" + iterations;
        state = State.CHALLENGED;
        return new Step.Challenge(challenge.getBytes(StandardCharsets.UTF_8));
    }

    private Step verify(ScramMessage.Final message) {
        ScramMessage.First begun = first.orElseThrow();
        if (!message.nonce().equals(nonce) || !MessageDigest.isEqual(message.channel(), channel(begun))) {
            return conclude(new Lookup.Unknown<>());
        }
        byte[] signed =
                (begun.bare() + "," + challenge + "," + message.withoutProof()).getBytes(StandardCharsets.UTF_8);
        byte[] storedKey = credential.map(ScramCredential::storedKey).orElseGet(() -> new byte[KEY_OCTETS]);
        byte[] clientKey = hmac(storedKey, signed);
        if (message.proof().length != KEY_OCTETS) {
            return conclude(new Lookup.Unknown<>());
        }
        for (int i = 0; i < KEY_OCTETS; i++) {
            clientKey[i] ^= message.proof()[i];
        }
        if (!MessageDigest.isEqual(sha256(clientKey), storedKey) || credential.isEmpty()) {
            return conclude(new Lookup.Unknown<>());
        }
        state = State.PROVEN;
        String proof =
                "v=" + Base64.getEncoder().encodeToString(hmac(credential.get().serverKey(), signed));
        return new Step.Challenge(proof.getBytes(StandardCharsets.US_ASCII));
    }

    /// What the client must say of the header of its first message and of the channel.
    private byte[] channel(ScramMessage.First begun) {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(begun.header().getBytes(StandardCharsets.UTF_8));
        begun.binding()
                .map(name -> backend.bindings().getOrDefault(name, NO_OCTETS))
                .ifPresent(expected::writeBytes);
        return expected.toByteArray();
    }

    private Step conclude(Lookup<Account> found) {
        state = State.OVER;
        return new Step.Concluded(first.map(ScramMessage.First::login).orElse(""), found);
    }

    private static byte[] hmac(byte[] key, byte[] octets) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(octets);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has HMAC-SHA-256", e);
        }
    }

    private static byte[] sha256(byte[] octets) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(octets);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
