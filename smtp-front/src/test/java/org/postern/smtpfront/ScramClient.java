// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// The client's side of SCRAM-SHA-256, written from RFC 5802 section 3 on its own.
final class ScramClient {
    private final String header;
    private final byte[] channel;
    private final String bare;
    private final String password;
    private String signed = "";
    private byte[] salted = new byte[0];

    /// @param header the GS2 header, such as `n,,`
    /// @param channel what the channel binding says; empty without one
    ScramClient(String header, byte[] channel, String user, String nonce, String password) {
        this.header = header;
        this.channel = channel.clone();
        this.bare = "n=" + user + ",r=" + nonce;
        this.password = password;
    }

    String first() {
        return header + bare;
    }

    String last(String challenge) throws GeneralSecurityException {
        Map<Character, String> said = new HashMap<>();
        for (String part : challenge.split(",")) {
            said.put(part.charAt(0), part.substring(2));
        }
        salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(
                        password.toCharArray(),
                        Base64.getDecoder().decode(said.get('s')),
                        Integer.parseInt(said.get('i')),
                        256))
                .getEncoded();
        ByteArrayOutputStream binding = new ByteArrayOutputStream();
        binding.writeBytes(header.getBytes(StandardCharsets.UTF_8));
        binding.writeBytes(channel);
        String withoutProof = "c=" + Base64.getEncoder().encodeToString(binding.toByteArray()) + ",r=" + said.get('r');
        signed = bare + "," + challenge + "," + withoutProof;
        byte[] clientKey = hmac(salted, "Client Key");
        byte[] signature = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), signed);
        for (int i = 0; i < clientKey.length; i++) {
            clientKey[i] ^= signature[i];
        }
        return withoutProof + ",p=" + Base64.getEncoder().encodeToString(clientKey);
    }

    /// What a server that has the credential says last.
    String serverFinal() throws GeneralSecurityException {
        return "v=" + Base64.getEncoder().encodeToString(hmac(hmac(salted, "Server Key"), signed));
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
