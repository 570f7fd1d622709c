// SPDX-License-Identifier: Apache-2.0
package org.postern.core.reply;

/// An enhanced mail system status code such as `5.7.1`. RFC 3463.
///
/// @param statusClass 2 (success), 4 (persistent transient failure) or 5 (permanent failure)
/// @param subject 0 to 999
/// @param detail 0 to 999
public record EnhancedStatusCode(int statusClass, int subject, int detail) {
    public EnhancedStatusCode {
        if (statusClass != 2 && statusClass != 4 && statusClass != 5) {
            throw new IllegalArgumentException("status class must be 2, 4 or 5: " + statusClass);
        }
        if (subject < 0 || subject > 999 || detail < 0 || detail > 999) {
            throw new IllegalArgumentException("subject and detail are 0 to 999: " + subject + "." + detail);
        }
    }

    /// Reads the written form `class.subject.detail`.
    public static EnhancedStatusCode parse(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("not an enhanced status code: " + text);
        }
        return new EnhancedStatusCode(
                Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    @Override
    public String toString() {
        return statusClass + "." + subject + "." + detail;
    }
}
