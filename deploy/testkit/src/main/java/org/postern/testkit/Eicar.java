// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// The EICAR test virus: 68 harmless bytes every scanner reports.
///
/// Put together at run time, so that neither the source nor the class file is itself reported.
public final class Eicar {
    /// What the kit's clamd calls it; clamd appends `.UNOFFICIAL`.
    public static final String SIGNATURE_NAME = "Eicar-Test-Signature";

    private Eicar() {}

    public static String text() {
        return "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD" + "-ANTIVIRUS-" + "TEST-FILE" + "!$H+H*";
    }

    public static byte[] bytes() {
        return text().getBytes(StandardCharsets.US_ASCII);
    }

    /// A line of a ClamAV `.ndb` database: name, any file type, any offset, the bytes in hex.
    static String signature() {
        return SIGNATURE_NAME + ":0:*:" + HexFormat.of().formatHex(bytes()) + "\n";
    }
}
