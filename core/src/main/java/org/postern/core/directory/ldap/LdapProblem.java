// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import com.unboundid.ldap.sdk.LDAPException;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a server or the way to it did wrong, in the words of whoever noticed first. The SDK wraps such words into
/// exceptions within texts of exceptions, and adds its own version to each.
final class LdapProblem {
    private static final Pattern INNERMOST = Pattern.compile("\\w+Exception\\((?:message=')?([^()']+)");
    private static final Pattern SDK = Pattern.compile("'?,? ?ldapSDKVersion=.*$");
    private static final int LENGTH_MAX = 300;

    private LdapProblem() {}

    /// With the result code, as administrators of LDAP look it up.
    static String of(LDAPException e) {
        String text = words(e);
        return text.isEmpty() || text.equalsIgnoreCase(e.getResultCode().getName())
                ? e.getResultCode().toString()
                : e.getResultCode() + ": " + text;
    }

    /// Of whatever a probe met.
    static String of(Exception e) {
        return e instanceof LDAPException ldap ? of(ldap) : e.toString();
    }

    private static String words(LDAPException e) {
        Throwable first = e;
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            first = cause;
        }
        String text = String.valueOf(first.getMessage());
        if (!(first instanceof IOException) || text.contains("ldapSDKVersion")) {
            Matcher inner = INNERMOST.matcher(text);
            while (inner.find()) {
                text = inner.group(1);
            }
        }
        text = SDK.matcher(text).replaceFirst("").strip();
        return text.length() > LENGTH_MAX ? text.substring(0, LENGTH_MAX) + "…" : text;
    }
}
