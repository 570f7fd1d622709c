// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.smtp;

/// Why a mail cannot be sent to a server, which was not asked.
///
/// @param status the enhanced status code
/// @param text what the server does not do, to be read after its name
public record Obstacle(String status, String text) {
    /// RFC 8689 section 5: X.7.30, REQUIRETLS support required.
    public static final String REQUIRETLS = "5.7.30";
}
