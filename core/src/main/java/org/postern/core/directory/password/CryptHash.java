// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.password;

import com.password4j.BadParametersException;
import com.password4j.BcryptFunction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.Crypt;

/// What crypt(3) writes: bcrypt, SHA-2, MD5 and traditional DES in Java, yescrypt and other newer ones where the
/// system's libcrypt has them.
final class CryptHash {
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");
    private static final Pattern SHA2 =
            Pattern.compile("\\$[56]\\$(?:rounds=(\\d{1,9})\\$)?[./A-Za-z0-9]{1,16}\\$[./A-Za-z0-9]{43,86}");
    private static final Pattern OTHERS =
            Pattern.compile("\\$1\\$[./A-Za-z0-9]{1,8}\\$[./A-Za-z0-9]{22}|[./0-9A-Za-z]{13}");
    private static final Pattern YESCRYPT =
            Pattern.compile("\\$(?:y|gy)\\$j[7-9A-D]T\\$[./A-Za-z0-9]{1,86}\\$[./A-Za-z0-9]{43}");
    private static final int BCRYPT_COST_MAX = 15;
    private static final int ROUNDS_MAX = 1_000_000;

    private CryptHash() {}

    static PasswordMatch compare(String hash, String password) {
        Matcher bcrypt = BCRYPT.matcher(hash);
        if (bcrypt.matches()) {
            return Integer.parseInt(bcrypt.group(1)) > BCRYPT_COST_MAX
                    ? PasswordMatch.UNDETERMINED
                    : bcrypt(hash, password);
        }
        Matcher sha2 = SHA2.matcher(hash);
        boolean modest = sha2.matches() && (sha2.group(1) == null || Integer.parseInt(sha2.group(1)) <= ROUNDS_MAX);
        if (modest || OTHERS.matcher(hash).matches()) {
            return same(Crypt.crypt(password.getBytes(StandardCharsets.UTF_8), hash), hash);
        }
        if (YESCRYPT.matcher(hash).matches() && password.indexOf('\0') < 0) {
            Optional<String> computed = SystemCrypt.crypt(password, hash);
            return computed.isEmpty() ? PasswordMatch.UNDETERMINED : same(computed.get(), hash);
        }
        return PasswordMatch.UNDETERMINED;
    }

    private static PasswordMatch bcrypt(String hash, String password) {
        try {
            return BcryptFunction.getInstanceFromHash(hash).check(password, hash)
                    ? PasswordMatch.RIGHT
                    : PasswordMatch.WRONG;
        } catch (BadParametersException e) {
            return PasswordMatch.UNDETERMINED;
        }
    }

    private static PasswordMatch same(String computed, String hash) {
        return StoredPassword.match(computed.getBytes(StandardCharsets.UTF_8), hash.getBytes(StandardCharsets.UTF_8));
    }
}
