// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// PLAIN: authorisation identity, login and password, divided by NUL. RFC 4616.
final class Plain implements SaslExchange {
    private boolean asked;

    @Override
    public Step next(byte[] response) {
        if (response.length == 0 && !asked) {
            asked = true;
            return new Step.Challenge(new byte[0]);
        }
        return text(response);
    }

    private static Step text(byte[] response) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(response))
                    .toString();
        } catch (CharacterCodingException e) {
            return new Step.Malformed();
        }
        String[] parts = text.split("\0", -1);
        if (parts.length != 3 || parts[1].isEmpty() || parts[2].isEmpty()) {
            return new Step.Malformed();
        }
        // Nobody acts for somebody else here.
        boolean self = parts[0].isEmpty() || parts[0].equals(parts[1]);
        return self ? new Step.Check(parts[1], parts[2]) : new Step.Malformed();
    }
}
