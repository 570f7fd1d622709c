// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A public key as a domain publishes it. RFC 6376 section 3.6.1.
///
/// @param crypto what it can verify
/// @param bits the length of an RSA key, 256 for Ed25519
/// @param testing the domain says it only tries things out
/// @param strictIdentity the domain of the tag `i` must be the signing domain itself
public record KeyRecord(PublicKey key, Crypto crypto, int bits, boolean testing, boolean strictIdentity) {
    private static final int RSA_BITS_MIN = 1024; // RFC 8301 section 3.2
    private static final int RSA_BITS_MAX = 8192;
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final byte[] RSA_ALGORITHM = HexFormat.of().parseHex("300d06092a864886f70d0101010500");

    /// What a TXT record turned out to be.
    public sealed interface Parsed {
        record Usable(KeyRecord record) implements Parsed {}

        /// @param reason for people
        record Unusable(String reason) implements Parsed {}
    }

    static Parsed parse(String text) {
        Optional<TagList> list = TagList.parse(text);
        if (list.isEmpty()) {
            return new Parsed.Unusable("the key record cannot be read");
        }
        TagList tags = list.get();
        String version = tags.getOr("v", "DKIM1");
        if (!version.equals("DKIM1")
                || (tags.get("v").isPresent() && !text.strip().startsWith("v"))) {
            return new Parsed.Unusable("the key record has another version");
        }
        String type = tags.getOr("k", "rsa");
        Optional<Crypto> crypto = List.of(Crypto.values()).stream()
                .filter(known -> known.keyType().equals(type))
                .findFirst();
        if (crypto.isEmpty()) {
            return new Parsed.Unusable("unknown key type " + type);
        }
        if (tags.get("h").isPresent() && !tags.items("h").contains("sha256")) {
            return new Parsed.Unusable("the key is not for SHA-256");
        }
        List<String> services = tags.items("s");
        if (!services.isEmpty() && !services.contains("email") && !services.contains("*")) {
            return new Parsed.Unusable("the key is not for mail");
        }
        if (tags.get("p").isEmpty()) {
            return new Parsed.Unusable("the key record has no key");
        }
        if (tags.getOr("p", "").isEmpty()) {
            return new Parsed.Unusable("the key was revoked");
        }
        return key(crypto.get(), tags);
    }

    private static Parsed key(Crypto crypto, TagList tags) {
        Optional<byte[]> octets = tags.base64("p");
        Optional<PublicKey> key = octets.flatMap(found -> decode(crypto, found));
        if (key.isEmpty()) {
            return new Parsed.Unusable("the key cannot be read");
        }
        int bits = key.get() instanceof RSAPublicKey rsa ? rsa.getModulus().bitLength() : 256;
        if (crypto == Crypto.RSA_SHA256 && (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)) {
            return new Parsed.Unusable("an RSA key of " + bits + " bits is not accepted");
        }
        List<String> flags = tags.items("t");
        return new Parsed.Usable(new KeyRecord(key.get(), crypto, bits, flags.contains("y"), flags.contains("s")));
    }

    private static Optional<PublicKey> decode(Crypto crypto, byte[] octets) {
        return switch (crypto) {
            // RFC 8463 section 4: the bare 32 octets.
            case ED25519_SHA256 ->
                octets.length == 32 ? decode("Ed25519", join(ED25519_PREFIX, octets)) : Optional.empty();
            // SubjectPublicKeyInfo is what everybody publishes; RSAPublicKey is what the RFC's text says.
            case RSA_SHA256 -> decode("RSA", octets).or(() -> decode("RSA", subjectPublicKeyInfo(octets)));
        };
    }

    private static Optional<PublicKey> decode(String algorithm, byte[] octets) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(octets)));
        } catch (GeneralSecurityException _) {
            return Optional.empty();
        }
    }

    /// Puts an RSAPublicKey into the frame of a SubjectPublicKeyInfo. RFC 3279 section 2.3.1.
    private static byte[] subjectPublicKeyInfo(byte[] rsaPublicKey) {
        byte[] bits = der(0x03, join(new byte[] {0}, rsaPublicKey));
        return der(0x30, join(RSA_ALGORITHM, bits));
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            out.write(0x83);
            out.write(content.length >> 16);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[] first, byte[] second) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }
}
