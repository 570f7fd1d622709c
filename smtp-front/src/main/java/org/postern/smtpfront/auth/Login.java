// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// LOGIN: never standardised, asked for by old mail programs (draft-murchison-sasl-login).
final class Login implements SaslExchange {
    private boolean asked;
    private Optional<String> login = Optional.empty();

    @Override
    public Step next(byte[] response) {
        String text = new String(response, StandardCharsets.UTF_8);
        if (text.isEmpty() && !asked) {
            asked = true;
            return challenge("Username:");
        }
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            return new Step.Malformed();
        }
        if (login.isEmpty()) {
            login = Optional.of(text);
            return challenge("Password:");
        }
        return new Step.Check(login.get(), text);
    }

    private static Step challenge(String text) {
        return new Step.Challenge(text.getBytes(StandardCharsets.US_ASCII));
    }
}
