// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.dsn;

/// Why a delivery came out as it did, in the words of RFC 3464.
///
/// @param status the enhanced status code such as `5.1.1`
/// @param remote the host that said so; empty where this store itself did
/// @param reply its SMTP reply; empty where there was none
public record Diagnosis(String status, String remote, String reply) {
    /// Delivered.
    public static final Diagnosis DELIVERED = local("2.0.0");

    /// This store itself says so.
    public static Diagnosis local(String status) {
        return new Diagnosis(status, "", "");
    }
}
