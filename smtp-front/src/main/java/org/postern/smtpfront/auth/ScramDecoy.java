// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.postern.core.config.ConfigException;
import org.postern.core.directory.ScramCredential;
import org.postern.core.directory.password.ScramSecret;

/// Invents salts for accounts that do not exist, so that nobody can ask which do: the same salt for the same login
/// wherever and as long as the secret is the same. RFC 5802 section 9. Any thread.
public final class ScramDecoy {
    private static final int SECRET_OCTETS = 32;
    private static final int SECRET_OCTETS_MAX = 4096;

    private final ScramDecoyConfig config;
    private final SecretKeySpec secret;
    private volatile Shape usual = new Shape(ScramSecret.ITERATIONS, 16);

    /// What a challenge shows of a secret beside the salt itself.
    private record Shape(int iterations, int saltOctets) {}

    private ScramDecoy(ScramDecoyConfig config, byte[] secret) {
        this.config = config;
        this.secret = new SecretKeySpec(secret, "HmacSHA512");
    }

    /// With a secret of its own, where nothing else is configured.
    public ScramDecoy() {
        this(ScramDecoyConfig.defaults(), random());
    }

    /// Reads the secret.
    ///
    /// @throws ConfigException where the file cannot be read, or is too short or too long
    public static ScramDecoy open(ScramDecoyConfig config) {
        return new ScramDecoy(config, config.secretFile().map(ScramDecoy::read).orElseGet(ScramDecoy::random));
    }

    private static byte[] random() {
        byte[] octets = new byte[SECRET_OCTETS];
        new SecureRandom().nextBytes(octets);
        return octets;
    }

    private static byte[] read(Path file) {
        try {
            byte[] octets = Files.size(file) > SECRET_OCTETS_MAX ? new byte[0] : Files.readAllBytes(file);
            if (octets.length < SECRET_OCTETS) {
                throw new ConfigException("secret-file " + file + ": has fewer than " + SECRET_OCTETS
                        + " octets, or more than " + SECRET_OCTETS_MAX + "; make one with: head -c 32 /dev/urandom");
            }
            return octets;
        } catch (IOException e) {
            throw new ConfigException("secret-file " + file + ": cannot be read: " + e);
        }
    }

    /// Takes over what is usual here.
    void learn(ScramCredential real) {
        usual = new Shape(real.iterations(), real.salt().length);
    }

    int iterations() {
        return config.iterations().orElse(usual.iterations());
    }

    /// @param login as the directory compares it, so that two ways to write one get the same salt
    byte[] salt(String login) {
        try {
            Mac mac = Mac.getInstance(secret.getAlgorithm());
            mac.init(secret);
            byte[] octets = mac.doFinal(login.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(
                    octets, Math.min(octets.length, config.saltOctets().orElse(usual.saltOctets())));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has HMAC-SHA-512", e);
        }
    }
}
