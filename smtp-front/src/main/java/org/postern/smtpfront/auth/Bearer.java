// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.auth;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.directory.Account;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.TokenVerifier;
import org.postern.core.limits.Deadline;

/// Login with a token: OAUTHBEARER (RFC 7628) and Google's XOAUTH2.
final class Bearer implements SaslExchange {
    /// RFC 6750 section 2.1
    private static final String TOKEN = "auth=(?i:Bearer) +([A-Za-z0-9._~+/-]+=*)";

    private static final Pattern OAUTHBEARER =
            Pattern.compile("n,(?:a=([^,\\x01\\x00]{1,255}))?,\\x01(?:(?!auth=)[a-z]+=[^\\x01]*\\x01)*" + TOKEN
                    + "\\x01(?:[a-z]+=[^\\x01]*\\x01)*\\x01");
    private static final Pattern XOAUTH2 = Pattern.compile("user=([^\\x01\\x00]{1,255})\\x01" + TOKEN + "\\x01\\x01");

    /// What the client is told before it gives up. RFC 7628 section 3.2.2
    private static final String OAUTHBEARER_FAILED = "{\"status\":\"invalid_token\"}";

    private static final String XOAUTH2_FAILED = "{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"\"}";

    private final TokenVerifier verifier;
    private final Pattern form;
    private final String failure;
    private boolean asked;
    private Optional<String> failed = Optional.empty();

    private Bearer(TokenVerifier verifier, Pattern form, String failure) {
        this.verifier = verifier;
        this.form = form;
        this.failure = failure;
    }

    static Bearer oauthbearer(TokenVerifier verifier) {
        return new Bearer(verifier, OAUTHBEARER, OAUTHBEARER_FAILED);
    }

    static Bearer xoauth2(TokenVerifier verifier) {
        return new Bearer(verifier, XOAUTH2, XOAUTH2_FAILED);
    }

    @Override
    public Step next(byte[] response) {
        if (failed.isPresent()) {
            return new Step.Concluded(failed.get(), new Lookup.Unknown<>());
        }
        if (response.length == 0 && !asked) {
            asked = true;
            return new Step.Challenge(new byte[0]);
        }
        Matcher message = form.matcher(new String(response, StandardCharsets.UTF_8));
        if (!message.matches()) {
            return new Step.Malformed();
        }
        Optional<String> login = Optional.ofNullable(message.group(1)).map(Bearer::name);
        Lookup<Account> found = verifier.verify(login, message.group(2), Deadline.in(SaslBackend.PATIENCE));
        if (found instanceof Lookup.Known<Account>(Account account)
                && !account.status().mayLogIn()) {
            found = new Lookup.Unknown<>();
        }
        if (found instanceof Lookup.Unknown<Account>) {
            failed = Optional.of(login.orElse(""));
            return new Step.Challenge(failure.getBytes(StandardCharsets.US_ASCII));
        }
        return new Step.Concluded(login.orElse(""), found);
    }

    /// RFC 5801 section 4
    private static String name(String written) {
        return written.replace("=2C", ",").replace("=3D", "=");
    }
}
