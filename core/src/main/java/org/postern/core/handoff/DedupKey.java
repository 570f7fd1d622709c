// SPDX-License-Identifier: Apache-2.0
package org.postern.core.handoff;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.postern.core.mail.Envelope;

/// Recognises the same mail sent again: a SHA-256 over sender, sorted recipients and the message as it came,
/// before any header field of ours.
///
/// @param hex 64 lower-case hexadecimal digits
public record DedupKey(String hex) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    public DedupKey {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a SHA-256 in hexadecimal");
        }
    }

    /// @param contentSha256 the SHA-256 of the message as it came, 32 octets
    public static DedupKey of(Envelope envelope, byte[] contentSha256) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            field(digest, envelope.reversePath().toString());
            String[] recipients = envelope.recipients().stream()
                    .map(Object::toString)
                    .sorted()
                    .toArray(String[]::new);
            Arrays.stream(recipients).forEach(recipient -> field(digest, recipient));
            digest.update(contentSha256);
            return new DedupKey(HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static void field(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }
}
