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

    /// RFC 7628 section 3.1. Possessive, so that no number of pairs takes stack.
    private static final String PAIRS = "(?:(?!auth=)[A-Za-z]+=[^\\x01]*\\x01)*+";

    private static final Pattern OAUTHBEARER =
            Pattern.compile("[ny],(?:a=([^,\\x01\\x00]{1,255}))?,\\x01" + PAIRS + TOKEN + "\\x01" + PAIRS + "\\x01");
    private static final Pattern XOAUTH2 = Pattern.compile("user=([^\\x01\\x00]{1,255})\\x01" + TOKEN + "\\x01\\x01");

    /// What the client is told before it gives up. RFC 7628 section 3.2.2
    private static final String OAUTHBEARER_FAILED = "{\"status\":\"invalid_token\"}";

    private static final String XOAUTH2_FAILED = "{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"\"}";

    private final SaslBackend backend;
    private final TokenVerifier verifier;
    private final Pattern form;
    private final String failure;
    private boolean asked;
    private Optional<String> failed = Optional.empty();

    private Bearer(SaslBackend backend, TokenVerifier verifier, Pattern form, String failure) {
        this.backend = backend;
        this.verifier = verifier;
        this.form = form;
        this.failure = failure;
    }

    static Bearer oauthbearer(SaslBackend backend, TokenVerifier verifier) {
        return new Bearer(backend, verifier, OAUTHBEARER, OAUTHBEARER_FAILED);
    }

    static Bearer xoauth2(SaslBackend backend, TokenVerifier verifier) {
        return new Bearer(backend, verifier, XOAUTH2, XOAUTH2_FAILED);
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
        if (!backend.mayTry().test(login.orElse(""))) {
            return new Step.Barred();
        }
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

    /// A client that breaks off instead of answering has failed all the same.
    @Override
    public Step cancelled() {
        return failed.<Step>map(login -> new Step.Concluded(login, new Lookup.Unknown<>()))
                .orElseGet(() -> new Step.Cancelled(""));
    }

    /// RFC 5801 section 4
    private static String name(String written) {
        return written.replace("=2C", ",").replace("=3D", "=");
    }
}
