// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.postern.core.directory.ScramCredential;
import org.postern.core.directory.password.ScramSecret;

/// Invents salts for accounts that do not exist, so that nobody can ask which do: the same salt for the same login as
/// long as this process lives. RFC 5802 section 9. Any thread.
public final class ScramDecoy {
    private static final int SALT_OCTETS = 16;

    private final byte[] secret = new byte[32];
    private final AtomicInteger iterations = new AtomicInteger(ScramSecret.ITERATIONS);

    public ScramDecoy() {
        new SecureRandom().nextBytes(secret);
    }

    /// Takes over how many iterations are usual here.
    void learn(ScramCredential real) {
        iterations.set(real.iterations());
    }

    int iterations() {
        return iterations.get();
    }

    byte[] salt(String login) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return Arrays.copyOf(mac.doFinal(login.getBytes(StandardCharsets.UTF_8)), SALT_OCTETS);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has HMAC-SHA-256", e);
        }
    }
}
