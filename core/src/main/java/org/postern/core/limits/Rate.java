// SPDX-License-Identifier: Apache-2.0
package org.postern.core.limits;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How often something may happen, written `300/1m` (or `300/m`), or `unlimited`.
///
/// @param count how many at once, and per `per`; 0 means without a bound
/// @param per the time in which as many become possible again; 1s to 7d
public record Rate(int count, Duration per) {
    /// No bound.
    public static final Rate UNLIMITED = new Rate(0, Duration.ofSeconds(1));

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*/\\s*(\\d{0,7})\\s*([smhd])");

    public Rate {
        if (count < 0) {
            throw new IllegalArgumentException("a rate cannot be negative: " + count);
        }
        if (per.compareTo(Duration.ofSeconds(1)) < 0 || per.compareTo(Duration.ofDays(7)) > 0) {
            throw new IllegalArgumentException("a rate counts over 1s to 7d");
        }
    }

    /// Reads the written form. Throws `IllegalArgumentException` with a sentence fit for an administrator.
    public static Rate parse(String text) {
        String word = text.strip();
        if (word.equals("unlimited")) {
            return UNLIMITED;
        }
        Matcher matcher = FORM.matcher(word);
        if (!matcher.matches() || Integer.parseInt(matcher.group(1)) == 0) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a rate; write for example 300/1m or 20/1h, or unlimited");
        }
        long units = matcher.group(2).isEmpty() ? 1 : Long.parseLong(matcher.group(2));
        Duration unit = switch (matcher.group(3)) {
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            default -> Duration.ofDays(1);
        };
        return new Rate(Integer.parseInt(matcher.group(1)), unit.multipliedBy(units));
    }

    /// Whether there is no bound.
    public boolean unlimited() {
        return count == 0;
    }

    /// As often times so many.
    public Rate times(int factor) {
        return new Rate((int) Math.min(Integer.MAX_VALUE, (long) count * factor), per);
    }

    /// The written form.
    @Override
    public String toString() {
        if (unlimited()) {
            return "unlimited";
        }
        long seconds = per.toSeconds();
        if (seconds % 86_400 == 0) {
            return count + "/" + seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0) {
            return count + "/" + seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? count + "/" + seconds / 60 + "m" : count + "/" + seconds + "s";
    }
}
