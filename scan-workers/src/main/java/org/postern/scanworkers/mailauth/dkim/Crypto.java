// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Optional;

/// The two signature algorithms that may be used. RFC 8301 section 3.1, RFC 8463.
public enum Crypto {
    RSA_SHA256("rsa-sha256", "rsa"),
    ED25519_SHA256("ed25519-sha256", "ed25519");

    private final String word;
    private final String keyType;

    Crypto(String word, String keyType) {
        this.word = word;
        this.keyType = keyType;
    }

    /// The value of the tag `a`.
    public String word() {
        return word;
    }

    /// The value of the tag `k` in the key record.
    public String keyType() {
        return keyType;
    }

    /// Reads the tag `a`; empty for rsa-sha1, which must not be believed any more, and for everything unknown.
    public static Optional<Crypto> of(String word) {
        for (Crypto crypto : values()) {
            if (crypto.word.equals(word)) {
                return Optional.of(crypto);
            }
        }
        return Optional.empty();
    }

    /// Whether the signature is that of the data; false for keys and signatures of another form.
    public boolean verify(PublicKey key, byte[] data, byte[] signature) {
        try {
            Signature engine = engine();
            engine.initVerify(key);
            engine.update(input(data));
            return engine.verify(signature);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /// Signs data. Throws `IllegalArgumentException` for a key of another kind.
    public byte[] sign(PrivateKey key, byte[] data) {
        try {
            Signature engine = engine();
            engine.initSign(key);
            engine.update(input(data));
            return engine.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("this key cannot sign with " + word, e);
        }
    }

    private Signature engine() throws NoSuchAlgorithmException {
        return switch (this) {
            case RSA_SHA256 -> Signature.getInstance("SHA256withRSA");
            case ED25519_SHA256 -> Signature.getInstance("Ed25519");
        };
    }

    /// RFC 8463 section 3: Ed25519 signs the hash.
    private byte[] input(byte[] data) {
        return switch (this) {
            case RSA_SHA256 -> data;
            case ED25519_SHA256 -> sha256().digest(data);
        };
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
