// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.authres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postern.core.mail.HeaderField;
import org.postern.core.mail.MessageHeader;

/// Authentication-Results: one field with all results of one message. RFC 8601 section 2.
///
/// @param authservId names the administrative domain that vouches for the results
/// @param results in the order they are shown; none gives the result `none`
public record AuthenticationResults(String authservId, List<Result> results) {
    /// The name of the field.
    public static final String NAME = "Authentication-Results";

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`{|}~@/:=-]{1,200}");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,255}");
    /// Repeated possessively: a loop that may go back takes stack for each round, and the sender chooses how many.
    private static final Pattern CLAIM = Pattern.compile("\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s;\"]+))[\\s\\S]*");
    private static final int VALUE_MAX = 200;

    public AuthenticationResults {
        results = List.copyOf(results);
        if (!ID.matcher(authservId).matches()) {
            throw new IllegalArgumentException("an authserv-id is a host name, not \"" + authservId + "\"");
        }
    }

    /// The result of one method.
    ///
    /// @param method for example `spf`
    /// @param result for example `pass`
    /// @param reason why, for people; may be empty
    /// @param properties for example `smtp.mailfrom`; empty values are left out
    public record Result(String method, String result, String reason, SequencedMap<String, String> properties) {}

    /// The field, folded before each result.
    public HeaderField field() {
        return new HeaderField(NAME, " " + value());
    }

    /// What an ARC-Authentication-Results field holds after its instance. RFC 8617 section 4.1.1.
    public String value() {
        StringBuilder text = new StringBuilder(authservId);
        if (results.isEmpty()) {
            return text.append("; none").toString();
        }
        for (Result result : results) {
            text.append(";\r\n\t").append(result.method()).append('=').append(result.result());
            if (!result.reason().isEmpty()) {
                text.append("\r\n\t reason=").append(quoted(result.reason()));
            }
            result.properties().forEach((name, value) -> {
                if (!value.isEmpty()) {
                    text.append("\r\n\t ").append(name).append('=').append(pvalue(value));
                }
            });
        }
        return text.toString();
    }

    private static String pvalue(String value) {
        return TOKEN.matcher(value).matches() && value.indexOf('=') < 0 ? value : quoted(value);
    }

    /// A quoted-string of US-ASCII, whatever the text holds. RFC 5322 section 3.2.4.
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().limit(VALUE_MAX).forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else {
                quoted.append(c < ' ' || c > '~' ? '?' : (char) c);
            }
        });
        return quoted.append('"').toString();
    }

    /// The fields that claim to be ours although they came from outside. RFC 8601 section 5.
    ///
    /// @return indexes into the header's fields
    public static Set<Integer> forged(MessageHeader header, String authservId) {
        Set<Integer> indexes = new TreeSet<>();
        for (int i = 0; i < header.fields().size(); i++) {
            HeaderField field = header.fields().get(i);
            if (field.is(NAME) && claims(field.value()).contains(authservId.toLowerCase(Locale.ROOT))) {
                indexes.add(i);
            }
        }
        return indexes;
    }

    /// What a reader could take for the authserv-id: with and without comments, quotes, and a version glued to it.
    private static List<String> claims(String value) {
        List<String> claims = new ArrayList<>();
        for (String reading : List.of(withoutComments(value), value)) {
            Matcher matcher = CLAIM.matcher(reading);
            if (matcher.matches()) {
                String id = matcher.group(1) != null ? matcher.group(1).replaceAll("\\\\(.)", "$1") : matcher.group(2);
                String lower = id.toLowerCase(Locale.ROOT).strip();
                claims.add(lower);
                claims.add(lower.replaceFirst("[/\\s].*", "").replaceFirst("\\.$", ""));
            }
        }
        return claims;
    }

    /// However deep they are nested. RFC 5322 section 3.2.2.
    private static String withoutComments(String value) {
        StringBuilder text = new StringBuilder(value.length());
        int depth = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '(') {
                text.append(depth++ == 0 ? " " : "");
            } else if (c == ')' && depth > 0) {
                depth--;
            } else if (depth == 0) {
                text.append(c);
            } else if (c == '\\') {
                i++;
            }
        }
        return text.toString();
    }
}
