// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.signing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.postern.core.config.ConfigException;

/// A private key and how it signs. Many threads use it.
///
/// @param algorithm the tag `a`
record SigningKey(String selector, String algorithm, PrivateKey key) {
    /// RFC 8301 section 3.2.
    private static final int RSA_BITS_MIN = 1024;

    /// @throws ConfigException with what to do
    static SigningKey read(String selector, Path file) {
        try {
            String text = Files.readString(file);
            String base64 = text.replaceAll("(?s).*-----BEGIN PRIVATE KEY-----(.*)-----END PRIVATE KEY-----.*", "$1");
            PKCS8EncodedKeySpec spec =
                    new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
            PrivateKey key = key(spec);
            if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < RSA_BITS_MIN) {
                throw new ConfigException("the key in " + file + " has fewer than " + RSA_BITS_MIN + " bits");
            }
            return new SigningKey(selector, key instanceof RSAKey ? "rsa-sha256" : "ed25519-sha256", key);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new ConfigException("the key of selector " + selector + " cannot be read from " + file + " (" + e
                    + "); make one with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out " + file);
        }
    }

    private static PrivateKey key(PKCS8EncodedKeySpec spec) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(spec);
        } catch (InvalidKeySpecException e) {
            return KeyFactory.getInstance("Ed25519").generatePrivate(spec);
        }
    }

    byte[] sign(byte[] octets) {
        try {
            boolean rsa = key instanceof RSAKey;
            Signature signature = Signature.getInstance(rsa ? "SHA256withRSA" : "Ed25519");
            signature.initSign(key);
            // RFC 8463 section 3: Ed25519 signs the hash.
            signature.update(rsa ? octets : MessageDigest.getInstance("SHA-256").digest(octets));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("selector " + selector + " cannot sign", e);
        }
    }

    @Override
    public String toString() {
        return selector + " (" + algorithm + ")";
    }
}
