// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a clamd says of itself, such as `ClamAV 1.4.6/27800/Fri Nov 20 09:12:01 2026`.
///
/// @param text the whole line
/// @param signatures the version of the official signatures; empty where it has only others
/// @param made when those were made, to within the time zone of clamd's machine, which it does not say
record ClamdVersion(String text, OptionalInt signatures, Optional<Instant> made) {
    private static final Pattern LINE = Pattern.compile(
            "ClamAV [^/]{1,60}/(\\d{1,9})/([A-Za-z]{3} [A-Za-z]{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4})");
    private static final DateTimeFormatter CTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);

    static ClamdVersion parse(String text) {
        Matcher matcher = LINE.matcher(text.strip());
        if (!matcher.matches()) {
            return new ClamdVersion(text.strip(), OptionalInt.empty(), Optional.empty());
        }
        return new ClamdVersion(
                text.strip(), OptionalInt.of(Integer.parseInt(matcher.group(1))), instant(matcher.group(2)));
    }

    private static Optional<Instant> instant(String ctime) {
        try {
            return Optional.of(LocalDateTime.parse(ctime, CTIME)
                    .atZone(ZoneId.systemDefault())
                    .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
