// SPDX-License-Identifier: Apache-2.0
package org.postern.core.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.config.ConfigException;

/// Reads certificates and private keys from PEM files. RFC 7468. Everything that cannot be used is a
/// [ConfigException] that names the file.
public final class PemFiles {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----");
    private static final Pattern KEY = Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
    private static final long FILE_MAX = 1024 * 1024;
    /// As the JDK has it (`jdk.tls.maxCertificateChainLength`); OpenSSL and others refuse by octets.
    private static final int CHAIN_MAX = 10;

    private PemFiles() {}

    /// A certificate and its key, which belong together.
    ///
    /// @param key the private key
    /// @param chain the certificate, and those between it and its authority
    public record Identity(PrivateKey key, List<X509Certificate> chain) {
        public Identity {
            chain = List.copyOf(chain);
        }
    }

    /// Reads a chain and its key.
    ///
    /// @param certificateFile our own certificate first
    /// @param keyFile an unencrypted PKCS #8 key
    public static Identity identity(Path certificateFile, Path keyFile) {
        List<X509Certificate> chain = certificates("certificate", certificateFile);
        if (chain.size() > CHAIN_MAX) {
            throw new ConfigException("certificate " + certificateFile + " holds " + chain.size()
                    + " certificates; clients take no chain of more than " + CHAIN_MAX);
        }
        PublicKey known = chain.getFirst().getPublicKey();
        PrivateKey key = key(keyFile, known.getAlgorithm());
        if (!belong(key, known)) {
            throw new ConfigException("key " + keyFile + " does not belong to certificate " + certificateFile);
        }
        return new Identity(key, chain);
    }

    /// All certificates of a file, one or more.
    ///
    /// @param what the file is, for the message
    public static List<X509Certificate> certificates(String what, Path file) {
        StringBuilder blocks = new StringBuilder();
        CERTIFICATE
                .matcher(content(what, file))
                .results()
                .forEach(block -> blocks.append(block.group()).append('\n'));
        try {
            List<X509Certificate> found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(blocks.toString().getBytes(StandardCharsets.US_ASCII)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (found.isEmpty()) {
                throw new ConfigException(what + " " + file + " holds no certificate in PEM form");
            }
            return found;
        } catch (CertificateException e) {
            throw new ConfigException(what + " " + file + " is not in PEM form: " + e.getMessage());
        }
    }

    private static PrivateKey key(Path file, String algorithm) {
        Matcher block = KEY.matcher(content("key", file));
        if (!block.find()) {
            throw new ConfigException("key " + file + " is no unencrypted PKCS #8 key in PEM form; openssl pkcs8 -topk8"
                    + " -nocrypt makes one of it");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(block.group(1));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new ConfigException("key " + file + " is no " + algorithm + " key, which its certificate is for");
        }
    }

    private static boolean belong(PrivateKey key, PublicKey known) {
        String signing = switch (known.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> known.getAlgorithm();
        };
        try {
            byte[] octets = {1, 2, 3};
            Signature signature = Signature.getInstance(signing);
            signature.initSign(key);
            signature.update(octets);
            byte[] signed = signature.sign();
            signature.initVerify(known);
            signature.update(octets);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String content(String what, Path file) {
        try {
            if (Files.size(file) > FILE_MAX) {
                throw new ConfigException(what + " " + file + " is larger than 1 MiB");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new ConfigException(what + " " + file + " does not exist");
        } catch (IOException e) {
            throw new ConfigException(what + " " + file + " cannot be read: " + e.getMessage());
        }
    }
}
