// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.password;

import com.password4j.Argon2Function;
import com.password4j.BadParametersException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `$argon2id$v=19$m=65536,t=3,p=4$salt$hash`. RFC 9106.
final class Argon2Hash {
    private static final Pattern FORM = Pattern.compile(
            "\\$argon2(?:id|i|d)\\$v=19\\$m=(\\d{1,9}),t=(\\d{1,4}),p=(\\d{1,3})\\$[A-Za-z0-9+/]{1,200}\\$[A-Za-z0-9+/]{1,200}");
    private static final int MEMORY_KIB_MAX = 262_144;
    private static final int WORK_MAX = 1 << 20;

    private Argon2Hash() {}

    /// At most 256 MiB, and at most 1 GiB written in all passes.
    static PasswordMatch compare(String hash, String password) {
        Matcher form = FORM.matcher(hash);
        if (!form.matches()) {
            return PasswordMatch.UNDETERMINED;
        }
        long memory = Long.parseLong(form.group(1));
        long passes = Long.parseLong(form.group(2));
        int lanes = Integer.parseInt(form.group(3));
        if (memory < 8
                || memory > MEMORY_KIB_MAX
                || passes < 1
                || memory * passes > WORK_MAX
                || lanes < 1
                || lanes > 16) {
            return PasswordMatch.UNDETERMINED;
        }
        try {
            return Argon2Function.getInstanceFromHash(hash).check(password, hash)
                    ? PasswordMatch.RIGHT
                    : PasswordMatch.WRONG;
        } catch (BadParametersException e) {
            return PasswordMatch.UNDETERMINED;
        }
    }
}
