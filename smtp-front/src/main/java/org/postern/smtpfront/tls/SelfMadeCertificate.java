// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.postern.core.mail.Domain;

/// A self-signed certificate for a host name, made in memory: enough for opportunistic TLS between servers, which
/// does not look at names. RFC 5280, RFC 7435.
///
/// @param key the private key, EC on P-256
/// @param certificate valid from a day ago for ten years
record SelfMadeCertificate(PrivateKey key, X509Certificate certificate) {
    private static final byte[] ECDSA_WITH_SHA256 = {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2};
    private static final byte[] COMMON_NAME = {0x55, 4, 3};
    private static final byte[] SUBJECT_ALT_NAME = {0x55, 0x1d, 0x11};
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    static SelfMadeCertificate create(Domain host, Instant now) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            byte[] body = body(host, now, pair.getPublic().getEncoded());
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(pair.getPrivate());
            signature.update(body);
            byte[] der = Der.sequence(body, algorithm(), Der.bitString(signature.sign()));
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            return new SelfMadeCertificate(pair.getPrivate(), certificate);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has EC keys and X.509", e);
        }
    }

    /// TBSCertificate, RFC 5280 section 4.1.
    private static byte[] body(Domain host, Instant now, byte[] publicKeyInfo) {
        byte[] name = commonName(host.name());
        return Der.sequence(
                Der.tagged(0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(120, new SecureRandom()).setBit(120)),
                algorithm(),
                name,
                Der.sequence(time(now.minus(Duration.ofDays(1))), time(now.plus(Duration.ofDays(3650)))),
                name,
                publicKeyInfo,
                Der.tagged(3, Der.sequence(subjectAltName(host))));
    }

    /// The common name has at most 64 characters; the whole name stands in the subject alternative name.
    private static byte[] commonName(String host) {
        String cut = host.substring(0, Math.min(64, host.length()));
        byte[] attribute =
                Der.sequence(Der.objectIdentifier(COMMON_NAME), Der.of(0x0c, cut.getBytes(StandardCharsets.UTF_8)));
        return Der.sequence(Der.of(0x31, attribute));
    }

    private static byte[] subjectAltName(Domain host) {
        String dnsName = host.isAddressLiteral() ? "localhost" : host.name();
        byte[] names = Der.sequence(Der.of(0x82, dnsName.getBytes(StandardCharsets.US_ASCII)));
        return Der.sequence(Der.objectIdentifier(SUBJECT_ALT_NAME), Der.of(0x04, names));
    }

    private static byte[] algorithm() {
        return Der.sequence(Der.objectIdentifier(ECDSA_WITH_SHA256));
    }

    private static byte[] time(Instant instant) {
        return Der.of(0x18, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }
}
